#include "core/model/key_value_cache.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace ricercar {

namespace {

constexpr int slotsOfPage = 64;

int upToLanes(int count) { return (count + 15) / 16 * 16; }

/// Calls `visit` with each page of `slots` slots, its first slot and how many of them it has.
template <typename Visit>
void forEachPage(int slots, Visit visit) {
    for (int first = 0; first < slots; first += slotsOfPage) {
        visit(static_cast<std::size_t>(first / slotsOfPage), first, std::min(slotsOfPage, slots - first));
    }
}

/// Rounds `numbers` into `matrix`, each where `place` says. Returns the scale.
template <typename Place>
float scatter(const float* numbers, int width, std::uint8_t* matrix, RoundedRows& work, Place place) {
    work.round(numbers, 1, width);
    for (int number = 0; number < width; ++number) {
        matrix[place(number)] = static_cast<std::uint8_t>(work.bytes[static_cast<std::size_t>(number)] + 128);
    }
    return work.rows.front().scale;
}

}  // namespace

KeyValueCache::KeyValueCache(const NetworkConfig& config, Precision precision)
    : m_width(config.width / config.heads), m_precision(precision) {
    const auto numbers = 2 * static_cast<std::size_t>(m_width) * slotsOfPage;
    const auto scales = 2 * std::size_t{slotsOfPage};
    m_headLines =
        (precision == Precision::int8 ? numbers + scales * sizeof(float) : numbers * sizeof(float)) / sizeof(ByteLine);
    m_pageLines = m_headLines * static_cast<std::size_t>(config.layers * config.heads);
}

KeyValueCache::Floats KeyValueCache::floats(std::size_t page, int head) const {
    auto* const first = reinterpret_cast<float*>(&m_pages[page][static_cast<std::size_t>(head) * m_headLines]);
    return {first, first + std::ptrdiff_t{slotsOfPage} * m_width};
}

KeyValueCache::Bytes KeyValueCache::bytes(std::size_t page, int head) const {
    auto* const first = reinterpret_cast<std::uint8_t*>(&m_pages[page][static_cast<std::size_t>(head) * m_headLines]);
    const std::ptrdiff_t matrix = std::ptrdiff_t{slotsOfPage} * m_width;
    auto* const scales = reinterpret_cast<float*>(first + 2 * matrix);
    return {first, first + matrix, scales, scales + slotsOfPage};
}

void KeyValueCache::own(std::size_t page) {
    m_pages.resize(std::max(m_pages.size(), page + 1));
    auto& lines = m_pages[page];
    if (!lines) {
        lines = std::make_shared<ByteLine[]>(m_pageLines);  // zeros: an empty slot weighs nothing
    } else if (lines.use_count() > 1) {
        const auto shared = lines;
        lines = std::make_shared_for_overwrite<ByteLine[]>(m_pageLines);
        std::copy_n(shared.get(), m_pageLines, lines.get());
    }
}

void KeyValueCache::put(int head, int slot, const float* key, const float* value, AttentionWork& work) {
    const auto page = static_cast<std::size_t>(slot / slotsOfPage);
    const int row = slot % slotsOfPage;
    own(page);
    if (m_precision == Precision::stored) {
        const Floats to = floats(page, head);
        std::copy_n(key, m_width, to.keys + std::ptrdiff_t{row} * m_width);
        std::copy_n(value, m_width, to.values + std::ptrdiff_t{row} * m_width);
    } else {
        const Bytes to = bytes(page, head);
        to.keyScales[row] = scatter(key, m_width, to.keys, work.rounded,
                                    [&](int number) { return ByteMatrix::place(row, number, m_width); });
        to.valueScales[row] = scatter(value, m_width, to.values, work.rounded,
                                      [&](int number) { return ByteMatrix::place(number, row, slotsOfPage); });
    }
}

void KeyValueCache::attend(int head, const float* query, int slots, float* out, AttentionWork& work) const {
    const Kernels& run = kernels();
    const bool stored = m_precision == Precision::stored;
    work.scores.resize(static_cast<std::size_t>(upToLanes(slots)));
    float* const scores = work.scores.data();
    work.rounded.round(query, 1, m_width);
    forEachPage(slots, [&](std::size_t page, int first, int count) {
        if (stored) {
            run.linear(floats(page, head).keys, query, scores + first, 1, m_width, count);
        } else {
            const Bytes from = bytes(page, head);
            run.linearBytes({from.keys, from.keyScales, m_width}, work.rounded.bytes.data(), work.rounded.rows.data(),
                            scores + first, 1, m_width, count);
        }
    });
    const float perSquareRoot = 1 / std::sqrt(static_cast<float>(m_width));
    std::for_each_n(scores, slots, [&](float& score) { score *= perSquareRoot; });
    const float total = run.exponentials(scores, slots);
    std::fill_n(out, m_width, 0.0F);
    work.factors.assign(static_cast<std::size_t>(m_width), 1.0F);
    work.sums.resize(2 * work.factors.size());
    work.rounded.bytes.resize(2 * std::size_t{slotsOfPage});
    work.rounded.rows.resize(2);
    forEachPage(slots, [&](std::size_t page, int first, int count) {
        if (stored) {
            run.weightedSum(scores + first, floats(page, head).values, out, count, m_width);
            return;
        }
        const Bytes from = bytes(page, head);
        count = upToLanes(count);
        run.toTwoBytes(scores + first, from.valueScales, work.rounded.bytes.data(), work.rounded.rows.data(), count);
        run.linearBytes({from.values, work.factors.data(), slotsOfPage}, work.rounded.bytes.data(),
                        work.rounded.rows.data(), work.sums.data(), 2, count, m_width);
        for (int number = 0; number < m_width; ++number) {
            const auto high = static_cast<std::size_t>(number);
            out[number] += work.sums[high] + work.sums[high + work.factors.size()];
        }
    });
    std::for_each_n(out, m_width, [&](float& number) { number /= total; });
}

}  // namespace ricercar
