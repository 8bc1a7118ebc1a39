#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <vector>

namespace ricercar {

/// Memory in large pages where the system has them: tables that are looked up all over are read faster (training by a
/// quarter).
template <typename Value>
struct LargePages {
    using value_type = Value;

    Value* allocate(std::size_t count) {
        constexpr std::size_t page = std::size_t{1} << 21;
        const std::size_t bytes = (count * sizeof(Value) + page - 1) / page * page;
        void* memory = std::aligned_alloc(page, bytes);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        ::madvise(memory, bytes, MADV_HUGEPAGE);
        return static_cast<Value*>(memory);
    }
    void deallocate(Value* memory, std::size_t /*count*/) { std::free(memory); }
    bool operator==(const LargePages&) const = default;
};

/// Foretells one decision (yes or no) after the other, in the way of the context-mixing compressors (Mahoney 2005,
/// "Adaptive Weighing of Context Models for Lossless Data Compression"). Each decision is seen in many contexts, given
/// as hashes. For every context two counters say how often such decisions were taken: one in all the pieces remembered,
/// one in the piece at hand. Their log-odds are summed with learnt weights. Which weights is up to selectors (small
/// facts about the decision) and to how often each counter was met; each selector's sum learns by itself, and a last
/// layer mixes the sums (Veness et al. 2021, "Gated Linear Networks").
///
/// A decision: `probability`, then `decide`. When the piece is over, `remember` each of its decisions to keep them. One
/// thread.
class ContextMixer {
public:
    /// `selectorSizes`: how many values each selector has.
    ContextMixer(int contexts, std::span<const int> selectorSizes);

    /// Of yes, strictly between 0 and 1. `contexts` and `selected` must stay until `decide`.
    double probability(std::span<const std::uint64_t> contexts, std::span<const int> selected);
    /// Counts the decision in the piece at hand, and moves the weights by a gradient step towards it.
    void decide(bool yes);

    void beginPiece();
    /// Counts a decision in what is remembered for good.
    void remember(std::span<const std::uint64_t> contexts, bool yes);
    void forgetAll();

    /// [selector values][inputs][degrees of knowledge], then [values of the first selector][selectors].
    std::span<float> weights() { return m_weights; }
    std::span<const float> weights() const { return m_weights; }

private:
    struct Counter {
        std::uint16_t check = 0;  ///< tells contexts apart that share a place
        std::uint16_t met = 0;
        float probability = 0.5F;

        void count(bool yes, float slowestRate);
    };
    /// A hash table that forgets what it met seldom when it is full.
    class Counters {
    public:
        explicit Counters(int bits) : m_mask((std::size_t{1} << bits) - 1), m_counters(m_mask + 1) {}

        /// One that was never met where the context is unknown.
        const Counter& find(std::uint64_t context) const;
        /// Asks memory for it, which takes longer than anything done with it.
        void prefetch(std::uint64_t context) const { __builtin_prefetch(&m_counters[placeOf(context)]); }
        /// Makes place for it where it is unknown.
        Counter& at(std::uint64_t context);
        void clear();

    private:
        std::size_t placeOf(std::uint64_t context) const { return (context >> 16) & m_mask; }

        std::size_t m_mask;
        std::vector<Counter, LargePages<Counter>> m_counters;
    };

    void prefetch(std::span<const std::uint64_t> contexts) const;
    void see(std::size_t input, const Counter& counter);
    float* weightsOf(std::size_t selector);
    float* lastWeights() { return m_weights.data() + m_last + m_selected[0] * m_firstOfSelector.size(); }

    std::vector<Counters> m_remembered;  ///< one a context
    std::vector<Counters> m_piece;
    std::size_t m_inputs;
    std::vector<std::size_t> m_firstOfSelector;  ///< its first set of weights
    std::size_t m_last;                          ///< where the weights of the last layer begin
    std::vector<float> m_weights;

    // The decision at hand.
    std::span<const std::uint64_t> m_contexts;
    std::vector<std::size_t> m_selected;
    std::vector<float> m_logOdds;         ///< [inputs]
    std::vector<std::size_t> m_weightOf;  ///< [inputs], within a set
    std::vector<float> m_sums;            ///< one a selector
    float m_probability = 0.5F;
};

}  // namespace ricercar
