#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/model/key_value_cache.h"

namespace ricercar {

/// Attention of a batch of tokens, each to the last `context` tokens of its row, itself included. What several tokens
/// see in common is read once for all of them. Work space, of one thread; what a token gets does not depend on the
/// tokens beside it.
class Attention {
public:
    /// A token and the cache of its row.
    struct Item {
        KeyValueCache* cache;
        std::int64_t position;  ///< in the row
    };

    Attention(const NetworkConfig& config, Precision precision);

    /// The tokens that are read next: their rows' next ones. Of two tokens of a row none takes the other's context: the
    /// row stays within `context`.
    void begin(std::span<const Item> items);
    /// Turns the queries and keys of `qkv` [item][query, key, value][head][number] by their positions (rotary
    /// positions: Su et al. 2021, "RoFormer", section 3.2), puts keys and values into the caches and leaves in `out`
    /// [item][head][number] for each head the values weighted by softmax(query . key / sqrt(width of a head)), of the
    /// items from `first` on.
    void attend(int layer, float* qkv, float* out, std::ptrdiff_t first);

private:
    /// Neighbouring items that share a page.
    struct Run {
        int page;
        std::ptrdiff_t first;
        int count;
    };

    int slot(const Item& item) const { return static_cast<int>(item.position % m_config.context); }
    /// How many the item sees, from the first on.
    int slots(const Item& item) const;
    void findRuns();
    float* scores(int page, std::ptrdiff_t item);

    /// Keys and values into the cache, the query into the work space.
    void put(int layer, int head, std::ptrdiff_t item, const float* qkv);
    /// `out` begins with the head's part of the first item.
    void attendHead(int head, float* out, std::ptrdiff_t first);
    /// How many slots of the page are to be read: of a page of one item those that are filled.
    int slotsOf(const Run& run) const;
    /// From the queries to the scores.
    void multiplyKeys(int head, const Run& run);
    /// From the scores' exponentials to the sums.
    void multiplyValues(int head, const Run& run);

    NetworkConfig m_config;
    Precision m_precision;
    int m_headWidth;
    std::vector<double> m_frequencies;  ///< of the rotary pairs of a head
    std::vector<float> m_ones;          ///< [number]

    std::vector<Item> m_items;
    std::vector<Run> m_runs;
    std::vector<float> m_angles;  ///< [item][cosines, sines]
    RoundedRows m_rounded;        ///< qkv of one layer, one head's query, key or value a row
    // Of one head.
    std::vector<float> m_queries;           ///< [item][number]; the same in bytes:
    std::vector<std::int8_t> m_queryBytes;  ///< [item][number]
    std::vector<ByteRow> m_queryRows;       ///< [item]
    std::vector<float> m_scores;            ///< [page][item][slot]
    std::vector<float> m_totals;            ///< of the scores' exponentials, [item]
    RoundedRows m_weights;                  ///< of the values of one page, [item of a run][slot]
    std::vector<float> m_sums;              ///< of the weighted values, [item][number]
};

}  // namespace ricercar
