#pragma once

#include <memory>
#include <vector>

#include "core/model/weights.h"

namespace ricercar {

/// Work space of attention; keeps its memory.
struct AttentionWork {
    std::vector<float> scores;   ///< [slot]
    std::vector<float> sums;     ///< [byte][number]
    std::vector<float> factors;  ///< [number]
    RoundedRows rounded;
};

/// The keys and values of the last tokens of one row: each token's lie in one slot of each head, heads counted through
/// all layers. A copy shares the memory; what either of the two then puts, the other does not see.
class KeyValueCache {
public:
    KeyValueCache(const NetworkConfig& config, Precision precision);

    /// `key` and `value` have as many numbers as a head is wide; `slot` is at most the first that is empty.
    void put(int head, int slot, const float* key, const float* value, AttentionWork& work);
    /// out = the values of slots 0 to `slots` - 1, weighted by softmax(query . key / sqrt(width of a head)).
    void attend(int head, const float* query, int slots, float* out, AttentionWork& work) const;

private:
    /// One head's part of a page.
    struct Floats {
        float* keys;    ///< [slot][number]
        float* values;  ///< [slot][number]
    };
    struct Bytes {
        std::uint8_t* keys;    ///< a `ByteMatrix` [slot, number]
        std::uint8_t* values;  ///< a `ByteMatrix` [number, slot]
        float* keyScales;      ///< [slot]
        float* valueScales;    ///< [slot]
    };
    Floats floats(std::size_t page, int head) const;
    Bytes bytes(std::size_t page, int head) const;
    /// Makes sure that the page is there and that no other cache sees what is put in it.
    void own(std::size_t page);

    int m_width;  ///< of a head
    Precision m_precision;
    std::size_t m_headLines;
    std::size_t m_pageLines;
    std::vector<std::shared_ptr<ByteLine[]>> m_pages;  ///< of `slotsOfPage` slots each, as far as there are tokens
};

}  // namespace ricercar
