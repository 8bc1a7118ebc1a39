#pragma once

#include <atomic>
#include <utility>
#include <vector>

#include "core/model/weights.h"

namespace ricercar {

/// Memory that several owners, each in a thread of its own, may share until one of them wants to write.
class SharedLines {
public:
    SharedLines() = default;
    explicit SharedLines(std::vector<ByteLine> lines) : m_block(new Block{{1}, std::move(lines)}) {}
    SharedLines(const SharedLines& other) : m_block(other.m_block) {
        if (m_block != nullptr) {
            m_block->owners.fetch_add(1, std::memory_order_relaxed);
        }
    }
    SharedLines(SharedLines&& other) noexcept : m_block(std::exchange(other.m_block, nullptr)) {}
    SharedLines& operator=(SharedLines other) noexcept {
        std::swap(m_block, other.m_block);
        return *this;
    }
    ~SharedLines() {
        if (m_block != nullptr && m_block->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete m_block;
        }
    }

    /// Null where nothing was allocated.
    const ByteLine* data() const { return m_block != nullptr ? m_block->lines.data() : nullptr; }
    /// Memory that nobody else sees, which holds what this held, and `size` lines of zeros where there was nothing.
    ByteLine* own(std::size_t size);

private:
    struct Block {
        std::atomic<int> owners;
        std::vector<ByteLine> lines;
    };
    Block* m_block = nullptr;
};

/// The keys and values of the last tokens of one row: each token's lie in one slot of each head, heads counted through
/// all layers. A copy shares the memory; what either of the two then puts, the other does not see, in whatever threads
/// they are.
class KeyValueCache {
public:
    static constexpr int slotsOfPage = pieceLength;

    /// One head's part of a page.
    struct Floats {
        float* keys;    ///< [slot][number]
        float* values;  ///< [number][slot]
    };
    struct Bytes {
        std::uint8_t* keys;    ///< a `ByteMatrix` [slot, number]
        std::uint8_t* values;  ///< a `ByteMatrix` [number, slot]
        float* keyScales;      ///< [slot]
        float* valueScales;    ///< [slot]
    };

    KeyValueCache(const NetworkConfig& config, Precision precision);

    /// Makes sure that `page` is there, one after the last at most, and that no other cache sees what is written to it.
    void own(int page);
    /// The same for two caches that share the page.
    const ByteLine* page(int page) const { return m_pages[static_cast<std::size_t>(page)].data(); }
    /// To read, and to write where the page is this cache's own; of the precision that the cache has.
    Floats floats(int page, int head) const;
    Bytes bytes(int page, int head) const;

private:
    std::uint8_t* part(int page, int head) const;

    int m_width;  ///< of a head
    std::size_t m_headLines;
    std::size_t m_pageLines;
    std::vector<SharedLines> m_pages;  ///< as far as there are tokens
};

}  // namespace ricercar
