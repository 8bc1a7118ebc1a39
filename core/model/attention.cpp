#include "core/model/attention.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

namespace {

constexpr int slotsOfPage = KeyValueCache::slotsOfPage;

}  // namespace

Attention::Attention(const NetworkConfig& config, Precision precision)
    : m_config(config),
      m_precision(precision),
      m_headWidth(config.width / config.heads),
      m_ones(static_cast<std::size_t>(m_headWidth), 1.0F) {
    for (int pair = 0; pair < m_headWidth / 2; ++pair) {
        m_frequencies.push_back(std::pow(rotaryBase, -2.0 * pair / m_headWidth));
    }
}

void Attention::begin(std::span<const Item> items) {
    m_items.assign(items.begin(), items.end());
    m_angles.clear();
    for (const Item& item : items) {
        item.cache->own(slot(item) / slotsOfPage);
        const auto position = static_cast<double>(item.position);
        for (const double frequency : m_frequencies) {
            m_angles.push_back(static_cast<float>(std::cos(position * frequency)));
        }
        for (const double frequency : m_frequencies) {
            m_angles.push_back(static_cast<float>(std::sin(position * frequency)));
        }
    }
    findRuns();
    m_queries.resize(items.size() * m_headWidth);
    m_sums.resize(m_queries.size());
}

int Attention::slots(const Item& item) const {
    return static_cast<int>(std::min<std::int64_t>(item.position + 1, m_config.context));
}

void Attention::findRuns() {
    m_runs.clear();
    int end = 0;
    for (const Item& item : m_items) {
        end = std::max(end, slots(item));
    }
    int page = 0;
    for (; page * slotsOfPage < end; ++page) {
        const ByteLine* last = nullptr;
        for (std::ptrdiff_t item = 0; item < std::ssize(m_items); ++item) {
            const bool sees = slots(m_items[item]) > page * slotsOfPage;
            const ByteLine* const lines = sees ? m_items[item].cache->page(page) : nullptr;
            if (sees && lines == last) {
                ++m_runs.back().count;
            } else if (sees) {
                m_runs.push_back({page, item, 1});
            }
            last = lines;
        }
    }
    m_scores.resize(m_items.size() * page * slotsOfPage);
}

float* Attention::scores(int page, std::ptrdiff_t item) {
    return m_scores.data() + (page * std::ssize(m_items) + item) * slotsOfPage;
}

void Attention::attend(int layer, float* qkv, float* out) {
    for (std::ptrdiff_t item = 0; item < std::ssize(m_items); ++item) {
        kernels().turn(qkv + item * 3 * m_config.width, &m_angles[item * m_headWidth], 2 * m_config.heads, m_headWidth);
    }
    for (int head = 0; head < m_config.heads; ++head) {
        attendHead(layer * m_config.heads + head, qkv, out);
        qkv += m_headWidth;
        out += m_headWidth;
    }
}

void Attention::attendHead(int head, const float* qkv, float* out) {
    for (std::ptrdiff_t item = 0; item < std::ssize(m_items); ++item) {
        const float* const query = qkv + item * 3 * m_config.width;
        std::copy_n(query, m_headWidth, &m_queries[item * m_headWidth]);
        put(m_items[item], head, query + m_config.width);
    }
    multiplyKeys(head);
    const float perSquareRoot = 1 / std::sqrt(static_cast<float>(m_headWidth));
    m_totals.clear();
    for (std::ptrdiff_t item = 0; item < std::ssize(m_items); ++item) {
        m_totals.push_back(kernels().exponentials(scores(0, item), slots(m_items[item]),
                                                  std::ssize(m_items) * slotsOfPage, perSquareRoot));
    }
    std::fill(m_sums.begin(), m_sums.end(), 0.0F);
    multiplyValues(head);
    for (std::ptrdiff_t item = 0; item < std::ssize(m_items); ++item) {
        const float perTotal = 1 / m_totals[item];
        std::transform(&m_sums[item * m_headWidth], m_sums.data() + (item + 1) * m_headWidth,
                       out + item * m_config.width, [&](float sum) { return sum * perTotal; });
    }
}

void Attention::put(const Item& item, int head, const float* key) {
    const float* const value = key + m_config.width;
    const int page = slot(item) / slotsOfPage;
    const std::ptrdiff_t place = slot(item) % slotsOfPage;
    if (m_precision == Precision::int8) {
        const auto to = item.cache->bytes(page, head);
        to.keyScales[place] = m_rounded.round(key, m_headWidth);
        putOutput(to.keys, place, m_rounded.bytes, m_headWidth);
        to.valueScales[place] = m_rounded.round(value, m_headWidth);
        putInput(to.values, place, m_rounded.bytes, slotsOfPage);
    } else {
        const auto to = item.cache->floats(page, head);
        std::copy_n(key, m_headWidth, to.keys + place * m_headWidth);
        for (std::ptrdiff_t number = 0; number < m_headWidth; ++number) {
            to.values[number * slotsOfPage + place] = value[number];
        }
    }
}

void Attention::multiplyKeys(int head) {
    if (m_precision == Precision::int8) {
        m_rounded.round(m_queries.data(), static_cast<int>(m_items.size()), m_headWidth);
    }
    for (const Run& run : m_runs) {
        const KeyValueCache& cache = *m_items[run.first].cache;
        float* const to = scores(run.page, run.first);
        if (m_precision == Precision::int8) {
            const auto from = cache.bytes(run.page, head);
            kernels().linearBytes({from.keys, from.keyScales, m_headWidth}, &m_rounded.bytes[run.first * m_headWidth],
                                  &m_rounded.rows[run.first], to, run.count, m_headWidth, slotsOfPage, Onto::nothing);
        } else {
            kernels().linear(cache.floats(run.page, head).keys, &m_queries[run.first * m_headWidth], to, run.count,
                             m_headWidth, slotsOfPage, Onto::nothing);
        }
    }
}

void Attention::multiplyValues(int head) {
    for (const Run& run : m_runs) {
        const KeyValueCache& cache = *m_items[run.first].cache;
        const float* const weights = scores(run.page, run.first);
        float* const to = &m_sums[run.first * m_headWidth];
        if (m_precision == Precision::int8) {
            const auto from = cache.bytes(run.page, head);
            m_rounded.round(weights, run.count, slotsOfPage, from.valueScales);
            kernels().linearBytes({from.values, m_ones.data(), slotsOfPage}, m_rounded.bytes.data(),
                                  m_rounded.rows.data(), to, run.count, slotsOfPage, m_headWidth, Onto::whatIsThere);
        } else {
            kernels().linear(cache.floats(run.page, head).values, weights, to, run.count, slotsOfPage, m_headWidth,
                             Onto::whatIsThere);
        }
    }
}

}  // namespace ricercar
