#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

#include "core/frames/mixed_hash.h"

namespace ricercar {

inline constexpr int keyCount = 88;
inline constexpr int lowestKeyPitch = 21;  ///< the MIDI pitch of key 0

/// Which keys of the piano sound during one step of time, from key 0 (A0) to key 87 (C8). What is beyond the keyboard
/// never sounds.
class Frame {
public:
    bool sounds(int key) const { return key >= 0 && key < keyCount && (from(key) & 1) != 0; }
    /// `key` is on the keyboard.
    void add(int key) {
        assert(key >= 0 && key < keyCount);
        m_words[static_cast<std::size_t>(key / 64)] |= std::uint64_t{1} << (key % 64);
    }

    int size() const { return std::popcount(m_words[0]) + std::popcount(m_words[1]); }
    /// The keys from `first` to `last`, at most 63, as bits, the lowest key in the lowest bit.
    std::uint64_t window(int first, int last) const {
        return from(first) & ((std::uint64_t{1} << (last - first + 1)) - 1);
    }
    /// The lowest sounding key that is not below `key`; `keyCount` when there is none.
    int nextUp(int key) const {
        while (key < keyCount && from(key) == 0) {
            key += 64;
        }
        return key < keyCount ? key + std::countr_zero(from(key)) : keyCount;
    }
    /// The highest sounding key that is not above `key`; -1 when there is none.
    int nextDown(int key) const {
        while (key >= 0 && from(key - 63) == 0) {
            key -= 64;
        }
        return key >= 0 ? key - std::countl_zero(from(key - 63)) : -1;
    }
    std::uint64_t hash() const { return mixedHash(m_words[0], m_words[1]); }

    bool operator==(const Frame&) const = default;

private:
    /// The 64 keys from `first` on, which is above -64.
    std::uint64_t from(int first) const {
        if (first < 0) {
            return m_words[0] << -first;
        }
        if (first >= 64) {
            return first < 128 ? m_words[1] >> (first - 64) : 0;
        }
        return first == 0 ? m_words[0] : m_words[0] >> first | m_words[1] << (64 - first);
    }

    std::array<std::uint64_t, 2> m_words = {};
};

using FramePiece = std::vector<Frame>;

}  // namespace ricercar
