#include "core/model/key_value_cache.h"

#include <algorithm>

namespace ricercar {

ByteLine* SharedLines::own(std::size_t size) {
    if (m_block == nullptr) {
        *this = SharedLines(std::vector<ByteLine>(size));
    } else if (m_block->owners.load(std::memory_order_acquire) > 1) {  // else all others have done with it: see ~
        *this = SharedLines(m_block->lines);
    }
    return m_block->lines.data();
}

KeyValueCache::KeyValueCache(const NetworkConfig& config, Precision precision) : m_width(config.width / config.heads) {
    const auto numbers = 2 * static_cast<std::size_t>(m_width) * slotsOfPage;
    const auto scales = 2 * std::size_t{slotsOfPage};
    m_headLines =
        (precision == Precision::int8 ? numbers + scales * sizeof(float) : numbers * sizeof(float)) / sizeof(ByteLine);
    m_pageLines = m_headLines * static_cast<std::size_t>(config.layers * config.heads);
}

void KeyValueCache::own(int page) {
    const auto index = static_cast<std::size_t>(page);
    m_pages.resize(std::max(m_pages.size(), index + 1));
    m_pages[index].own(m_pageLines);
}

std::uint8_t* KeyValueCache::part(int page, int head) const {
    return const_cast<std::uint8_t*>(this->page(page)[static_cast<std::size_t>(head) * m_headLines].bytes);
}

KeyValueCache::Floats KeyValueCache::floats(int page, int head) const {
    auto* const first = reinterpret_cast<float*>(part(page, head));
    return {first, first + std::ptrdiff_t{slotsOfPage} * m_width};
}

KeyValueCache::Bytes KeyValueCache::bytes(int page, int head) const {
    auto* const first = part(page, head);
    const std::ptrdiff_t matrix = std::ptrdiff_t{slotsOfPage} * m_width;
    auto* const scales = reinterpret_cast<float*>(first + 2 * matrix);
    return {first, first + matrix, scales, scales + slotsOfPage};
}

}  // namespace ricercar
