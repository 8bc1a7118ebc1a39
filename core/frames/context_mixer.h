#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/frames/large_pages.h"

namespace ricercar {

/// Foretells one decision (yes or no) after the other, in the way of the context-mixing compressors (Mahoney 2005,
/// "Adaptive Weighing of Context Models for Lossless Data Compression"). Each decision is seen in many contexts, given
/// as hashes. For every context two counters say how often such decisions were taken: one in all the pieces remembered,
/// one in the piece at hand. Their log-odds are summed with learnt weights. Which weights is up to selectors (small
/// facts about the decision) and to how often each counter was met; each selector's sum learns by itself, and a last
/// layer mixes the sums (Veness et al. 2021, "Gated Linear Networks").
///
/// A decision: `probability`, `learn` where the weights may move, `count`. When the piece is over, `remember` each of
/// its decisions to keep them. One thread.
class ContextMixer {
public:
    /// `selectorSizes`: how many values each selector has.
    ContextMixer(int contexts, std::span<const int> selectorSizes);

    /// Of yes, strictly between 0 and 1. `contexts` and `selected` must stay until `count`.
    double probability(std::span<const std::uint64_t> contexts, std::span<const int> selected);
    /// Moves the weights by a gradient step towards what was decided.
    void learn(bool yes);
    /// Counts what was decided in the piece at hand.
    void count(bool yes);

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
    /// For each context a hash table that forgets what it met seldom when it is full.
    class Counters {
    public:
        Counters(std::size_t contexts, int bits) : m_bits(bits), m_counters(contexts << bits) {}

        /// One that was never met where `hash` is unknown in the context.
        const Counter& find(std::size_t context, std::uint64_t hash) const;
        /// Asks memory for it, which takes longer than anything done with it.
        void prefetch(std::size_t context, std::uint64_t hash) const {
            __builtin_prefetch(&m_counters[placeOf(context, hash)]);
        }
        /// Makes place for it where it is unknown.
        Counter& at(std::size_t context, std::uint64_t hash);
        void clear();

    private:
        std::size_t placeOf(std::size_t context, std::uint64_t hash) const {
            return context << m_bits | (hash >> 16 & ((std::uint64_t{1} << m_bits) - 1));
        }

        int m_bits;
        std::vector<Counter, LargePages<Counter>> m_counters;
    };

    void prefetch(std::span<const std::uint64_t> contexts) const;
    void see(std::size_t input, const Counter& counter);
    float* weightsOf(std::size_t selector);
    float* lastWeights() { return m_weights.data() + m_last + m_selected[0] * m_firstOfSelector.size(); }

    Counters m_remembered;
    Counters m_piece;
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
