#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/model/weights.h"

namespace ricercar {

/// Work space of attention; keeps its memory.
struct AttentionWork {
    std::vector<float> scores;   ///< [slot]
    std::vector<float> sums;     ///< [part][number]
    std::vector<float> factors;  ///< [number]
    RoundedRows rounded;
};

/// The keys and values of the last tokens of one row: each token's lie in one slot of each head. Heads are counted
/// through all layers.
class KeyValueCache {
public:
    static std::unique_ptr<KeyValueCache> make(const NetworkConfig& config, Precision precision);
    virtual ~KeyValueCache() = default;

    /// `key` and `value` have as many numbers as a head is wide.
    virtual void put(int head, int slot, const float* key, const float* value, AttentionWork& work) = 0;
    /// out = the values of slots 0 to `slots` - 1, weighted by softmax(query . key / sqrt(width of the head)).
    virtual void attend(int head, const float* query, int slots, float* out, AttentionWork& work) const = 0;

    /// Takes over the first `slots` slots of a cache of the same configuration.
    void copy(const KeyValueCache& other, int slots);
    /// Appends what is in a slot to `saved`; `restore` puts it back and returns what is behind it.
    void save(int slot, std::vector<std::byte>& saved) const;
    std::span<const std::byte> restore(int slot, std::span<const std::byte> saved);

protected:
    /// `headBytes` for each head; pages of it are touched when they are written.
    KeyValueCache(const NetworkConfig& config, std::size_t headBytes);

    /// A part of a head's memory.
    struct Run {
        std::size_t offset;
        std::size_t size;
    };
    using Visit = std::function<void(Run)>;
    /// All that is in a slot.
    virtual void visitSlot(int slot, const Visit& visit) const = 0;
    /// All that is in slots 0 to `slots` - 1, and perhaps a little more.
    virtual void visitFirst(int slots, const Visit& visit) const = 0;

    std::byte* memory(int head) const {
        return reinterpret_cast<std::byte*>(m_lines.get() + static_cast<std::size_t>(head) * m_headLines);
    }
    const int m_heads;  ///< in all layers
    const int m_width;  ///< of a head

private:
    std::size_t m_headLines;
    std::unique_ptr<ByteLine[]> m_lines;
};

}  // namespace ricercar
