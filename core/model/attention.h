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
    /// [item][head][number] for each head the values weighted by softmax(query . key / sqrt(width of a head)).
    void attend(int layer, float* qkv, float* out);

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

    /// `qkv` and `out` begin with the head's part of the first item.
    void attendHead(int head, const float* qkv, float* out);
    /// The value lies as far behind the key as the network is wide.
    void put(const Item& item, int head, const float* key);
    /// From the queries to the scores.
    void multiplyKeys(int head);
    /// From the scores' exponentials to the sums.
    void multiplyValues(int head);

    NetworkConfig m_config;
    Precision m_precision;
    int m_headWidth;
    std::vector<double> m_frequencies;  ///< of the rotary pairs of a head
    std::vector<float> m_ones;          ///< [number]

    std::vector<Item> m_items;
    std::vector<Run> m_runs;
    std::vector<float> m_angles;   ///< [item][cosines, sines]
    std::vector<float> m_queries;  ///< of one head, [item][number]
    std::vector<float> m_scores;   ///< of one head, [page][item][slot]
    std::vector<float> m_totals;   ///< of the scores' exponentials, [item]
    std::vector<float> m_sums;     ///< of the weighted values of one head, [item][number]
    RoundedRows m_rounded;
};

}  // namespace ricercar
