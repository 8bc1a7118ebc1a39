#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

namespace ricercar {

/// A queue between exactly one writing and one reading thread. Both calls are wait-free and never allocate; T should be
/// cheap to move. `capacity` is a power of two.
template <typename T, std::size_t capacity>
class Ring {
    static_assert(std::has_single_bit(capacity));

public:
    /// Writer's thread. False, and `item` untouched, when the ring is full.
    bool push(T&& item) {
        const std::size_t head = m_head.load(std::memory_order_relaxed);
        if (head - m_tail.load(std::memory_order_acquire) == capacity) {
            return false;
        }
        m_items[head % capacity] = std::move(item);
        m_head.store(head + 1, std::memory_order_release);
        return true;
    }

    /// Reader's thread.
    std::optional<T> pop() {
        const std::size_t tail = m_tail.load(std::memory_order_relaxed);
        if (tail == m_head.load(std::memory_order_acquire)) {
            return std::nullopt;
        }
        std::optional<T> item(std::move(m_items[tail % capacity]));
        m_tail.store(tail + 1, std::memory_order_release);
        return item;
    }

private:
    std::array<T, capacity> m_items{};
    alignas(64) std::atomic<std::size_t> m_head{0};
    alignas(64) std::atomic<std::size_t> m_tail{0};
};

}  // namespace ricercar
