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
    const std::size_t numbers = items.size() * m_headWidth;
    m_sums.resize(numbers);
    m_totals.resize(items.size());
    if (m_precision == Precision::int8) {
        m_queryBytes.resize(numbers);
        m_queryRows.resize(items.size());
    } else {
        m_queries.resize(numbers);
    }
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

void Attention::attend(int layer, float* qkv, float* out, std::ptrdiff_t first) {
    const auto items = std::ssize(m_items);
    for (std::ptrdiff_t item = 0; item < items; ++item) {
        kernels().turn(qkv + item * 3 * m_config.width, &m_angles[item * m_headWidth], 2 * m_config.heads, m_headWidth);
    }
    if (m_precision == Precision::int8) {
        m_rounded.round(qkv, static_cast<int>(items) * 3 * m_config.heads, m_headWidth);
    }
    for (int head = 0; head < m_config.heads; ++head) {
        for (std::ptrdiff_t item = 0; item < items; ++item) {
            put(layer, head, item, qkv);
        }
        attendHead(layer * m_config.heads + head, out + std::ptrdiff_t{head} * m_headWidth, first);
    }
}

void Attention::put(int layer, int head, std::ptrdiff_t item, const float* qkv) {
    const int page = slot(m_items[item]) / slotsOfPage;
    const std::ptrdiff_t place = slot(m_items[item]) % slotsOfPage;
    const int headOfAll = layer * m_config.heads + head;
    const std::ptrdiff_t query = item * 3 * m_config.heads + head;  // of all in qkv
    const std::ptrdiff_t key = query + m_config.heads;
    const std::ptrdiff_t value = key + m_config.heads;
    if (m_precision == Precision::int8) {
        const auto to = m_items[item].cache->bytes(page, headOfAll);
        putOutput(to.keys, place, m_rounded.row(key), m_headWidth);
        putInput(to.values, place, m_rounded.row(value), slotsOfPage);
        to.keyScales[place] = m_rounded.rows[key].scale;
        to.valueScales[place] = m_rounded.rows[value].scale;
        std::ranges::copy(m_rounded.row(query), &m_queryBytes[item * m_headWidth]);
        m_queryRows[item] = m_rounded.rows[query];
    } else {
        const auto to = m_items[item].cache->floats(page, headOfAll);
        std::copy_n(qkv + key * m_headWidth, m_headWidth, to.keys + place * m_headWidth);
        for (std::ptrdiff_t number = 0; number < m_headWidth; ++number) {
            to.values[number * slotsOfPage + place] = qkv[value * m_headWidth + number];
        }
        std::copy_n(qkv + query * m_headWidth, m_headWidth, &m_queries[item * m_headWidth]);
    }
}

void Attention::attendHead(int head, float* out, std::ptrdiff_t first) {
    const auto forEachRun = [&](auto visit) {
        for (const Run& run : m_runs) {
            const auto begin = std::max(run.first, first);
            const auto end = run.first + run.count;
            if (begin < end) {
                visit(Run{run.page, begin, static_cast<int>(end - begin)});
            }
        }
    };
    forEachRun([&](const Run& run) { multiplyKeys(head, run); });
    const float perSquareRoot = 1 / std::sqrt(static_cast<float>(m_headWidth));
    for (std::ptrdiff_t item = first; item < std::ssize(m_items); ++item) {
        m_totals[item] = kernels().exponentials(scores(0, item), slots(m_items[item]),
                                                std::ssize(m_items) * slotsOfPage, perSquareRoot);
    }
    std::fill(m_sums.begin(), m_sums.end(), 0.0F);
    forEachRun([&](const Run& run) { multiplyValues(head, run); });
    for (std::ptrdiff_t item = first; item < std::ssize(m_items); ++item) {
        const float perTotal = 1 / m_totals[item];
        std::transform(&m_sums[item * m_headWidth], m_sums.data() + (item + 1) * m_headWidth,
                       out + item * m_config.width, [&](float sum) { return sum * perTotal; });
    }
}

int Attention::slotsOf(const Run& run) const {
    const int filled = slots(m_items[run.first]) - run.page * slotsOfPage;
    return run.count > 1 ? slotsOfPage : std::min(slotsOfPage, (filled + 15) / 16 * 16);
}

void Attention::multiplyKeys(int head, const Run& run) {
    const KeyValueCache& cache = *m_items[run.first].cache;
    float* const to = scores(run.page, run.first);
    if (m_precision == Precision::int8) {
        const auto from = cache.bytes(run.page, head);
        kernels().linearBytes({from.keys, from.keyScales, m_headWidth}, &m_queryBytes[run.first * m_headWidth],
                              &m_queryRows[run.first], to, run.count, m_headWidth, slotsOf(run), Onto::nothing);
    } else {
        kernels().linear(cache.floats(run.page, head).keys, &m_queries[run.first * m_headWidth], to, run.count,
                         m_headWidth, slotsOfPage, Onto::nothing);
    }
}

void Attention::multiplyValues(int head, const Run& run) {
    const KeyValueCache& cache = *m_items[run.first].cache;
    const float* const weights = scores(run.page, run.first);
    float* const to = &m_sums[run.first * m_headWidth];
    if (m_precision == Precision::int8) {
        const auto from = cache.bytes(run.page, head);
        m_weights.round(weights, run.count, slotsOf(run), from.valueScales);
        kernels().linearBytes({from.values, m_ones.data(), slotsOfPage}, m_weights.bytes.data(), m_weights.rows.data(),
                              to, run.count, slotsOf(run), m_headWidth, Onto::whatIsThere);
    } else {
        kernels().linear(cache.floats(run.page, head).values, weights, to, run.count, slotsOfPage, m_headWidth,
                         Onto::whatIsThere);
    }
}

}  // namespace ricercar
