#include "core/frames/frame_contexts.h"

#include <algorithm>
#include <cassert>

namespace ricercar {

namespace {

constexpr int nothingAbove = keyCount + 12;  // in place of a key
constexpr int farAway = 20;                  // keys; beyond, a distance does not matter

std::uint64_t pitchClassesOf(const Frame& frame) {
    std::uint64_t classes = 0;
    for (int key = frame.nextUp(0); key < keyCount; key = frame.nextUp(key + 1)) {
        classes |= std::uint64_t{1} << (key % 12);
    }
    return classes;
}

/// The classes seen from `key`: bit 0 is that of the key itself.
std::uint64_t seenFrom(int key, std::uint64_t classes) {
    const int pitchClass = key % 12;
    return (classes >> pitchClass | classes << (12 - pitchClass)) & 0xfff;
}

/// Notes that a line has moved to `key`.
void move(std::array<int, 4>& line, int key) {
    if (line[0] != key) {
        std::copy_backward(line.begin(), line.end() - 1, line.end());
        line[0] = key;
    }
}

}  // namespace

void FrameContexts::beginPiece() {
    m_unchanged = {};
    m_changes = 0;
    m_melody = {};
    m_bass = {};
}

void FrameContexts::beginFrame(const FrameRepeats& repeats) {
    m_past = repeats.past();
    m_repeats = repeats.find();
    m_phase = static_cast<int>(m_past.size() % 16);
    m_pitchClasses = pitchClassesOf(before(1));
    m_scale = 0;
    for (int back = 1; back <= 24; ++back) {
        m_scale |= pitchClassesOf(before(back));
    }
    m_frame = {};
    m_above.fill(nothingAbove);
    m_sounding = m_held = m_released = m_struck = m_lastChange = 0;
    m_soundingClasses = 0;
    m_repeatMisses = {};
    m_lagMisses = {};
}

std::uint64_t FrameContexts::history(int key, int frames) const {
    std::uint64_t bits = 0;
    for (int back = 1; back <= frames; ++back) {
        bits = bits << 1 | static_cast<std::uint64_t>(before(back).sounds(key));
    }
    return bits;
}

void FrameContexts::describe(int key) {
    m_contexts.clear();
    describeTime(key);
    describeNeighbours(key);
    describeLines(key);
    describeHarmony(key);
    describeRepeats(key);
    assert(m_contexts.size() == count);

    const bool sounded = before(1).sounds(key);
    const auto expected = [&](std::size_t repeat) {
        return m_repeats[repeat].next == nullptr ? 0 : 1 + m_repeats[repeat].next->sounds(key);
    };
    const bool near = before(1).window(key - 2, key + 2) != 0;
    m_selected = {
        m_phase * 2 + sounded, key,
        (std::min(m_unchanged[static_cast<std::size_t>(key)], 15) * 4 + std::min(m_sounding, 3)) * 2 + sounded,
        (expected(3) * 8 + std::min(7, m_repeats[3].agreeing / 2)) * 2 + sounded,
        ((expected(0) * 2 + std::min(1, m_repeatMisses[0])) * 2 + sounded) * 2 + near};
}

/// When: the key's own past and the place in the bar.
void FrameContexts::describeTime(int key) {
    const Frame& last = before(1);
    const bool sounded = last.sounds(key);
    const int beat = m_phase % 4;
    const int unchanged = std::min(m_unchanged[static_cast<std::size_t>(key)], 20);
    add(key, sounded, beat);
    add(history(key, 8), beat, last.window(key - 2, key + 2));
    add(history(key, 16), m_phase);
    add(sounded, unchanged, m_phase);
    add(sounded, unchanged, beat, m_held, m_released, m_struck, std::min(last.size() - m_held - m_released, 3));
    add(before(4).sounds(key), before(8).sounds(key), before(16).sounds(key), before(32).sounds(key), sounded);
    add(before(2).sounds(key), before(4).sounds(key), before(6).sounds(key), before(8).sounds(key), sounded,
        std::min(m_above[0] - key, 30));
}

/// Voice leading: the keys around this one in the last frames and above it in this one.
void FrameContexts::describeNeighbours(int key) {
    const Frame& last = before(1);
    const bool sounded = last.sounds(key);
    const int beat = m_phase % 4;
    const int above = std::min(m_above[0] - key, 30);
    const auto third = std::min(m_above[2] - key, 50);
    const auto second = std::min(m_above[1] - key, 50);
    const auto around = [&](int frames, int down, int up) { return before(frames).window(key - down, key + up); };
    const int lastUp = std::min(last.nextUp(key + 1) - key, farAway);
    const int lastDown = key - std::max(last.nextDown(key - 1), key - farAway);
    const int secondUp = std::min(last.nextUp(key + lastUp + 1) - key, farAway + 6);
    const int secondDown = key - std::max(last.nextDown(key - lastDown - 1), key - farAway - 6);
    const int left = last.size() - m_held - m_released;
    add(around(1, 4, 4), above, beat);
    add(around(1, 7, 3), above, second);
    add(around(1, 3, 3), around(2, 3, 3), std::min(above, 13));
    add(around(1, 2, 2), around(2, 2, 2), around(3, 2, 2), around(4, 1, 1));
    add(sounded, above, second, third);
    add(sounded, above, second, third, key);
    add(sounded, left, m_sounding, m_held, m_released, m_struck);
    add(sounded, lastUp, lastDown, std::min(above, 20), m_lastChange);
    add(sounded, lastDown, secondDown, std::min(above, 20), left, m_sounding);
    add(sounded, lastUp, secondUp, lastDown, above, second);
    add(around(1, 12, 0), above);
    add(around(1, 5, 12), beat);
    add(last.sounds(key + 12), last.sounds(key - 12), m_frame.sounds(key + 12), sounded, lastUp, above);
    const Frame& previous = before(2);
    add(key, last.nextUp(0), previous.nextUp(0), sounded, lastDown, above);
    add(key, last.nextDown(keyCount - 1), previous.nextDown(keyCount - 1), before(3).nextDown(keyCount - 1),
        m_sounding);
}

/// Rhythm, melody and bass.
void FrameContexts::describeLines(int key) {
    const bool sounded = before(1).sounds(key);
    const auto changes = [&](int frames) { return m_changes & ((std::uint64_t{1} << frames) - 1); };
    const int unchanged = std::min(m_unchanged[static_cast<std::size_t>(key)], 20);
    const bool moving = m_released + m_struck > 0;
    add(sounded, changes(8), m_held > 0, moving, m_phase % 4);
    add(sounded, changes(16), moving, m_held > 0);
    add(sounded, changes(4), unchanged, m_changes >> 15 & 1, m_changes >> 31 & 1, moving);
    add(key - m_melody[0], key - m_melody[1], key - m_melody[2], m_sounding, sounded);
    add(key - m_melody[0], key - m_melody[1], key - m_melody[2], key - m_melody[3], changes(4), m_sounding > 0);
    add(key - m_bass[0], key - m_bass[1], key - m_bass[2], sounded, std::min(m_above[0] - key, 20));
}

/// Which chord: whole frames and pitch classes.
void FrameContexts::describeHarmony(int key) {
    const Frame& last = before(1);
    const bool sounded = last.sounds(key);
    const int pitchClass = key % 12;
    const std::uint64_t frame = m_frame.hash();
    add(key, last.hash());
    add(key, last.hash(), frame);
    add(key, last.hash(), before(2).hash());
    add(key, last.hash(), before(2).hash(), frame);
    add(key, last.hash(), before(2).hash(), before(3).hash(), frame);
    add(key, frame);
    add(key, frame, last.size(), sounded);
    add(pitchClass, m_soundingClasses, m_sounding, sounded, std::min(m_above[0] - key, 30));
    add(pitchClass, m_soundingClasses, m_pitchClasses, sounded);
    add(pitchClass, sounded, m_pitchClasses, m_phase % 4);
    add(seenFrom(key, m_scale), sounded, std::min(m_above[0] - key, 20));
    add(seenFrom(key, m_soundingClasses), seenFrom(key, m_pitchClasses), sounded);
    add(seenFrom(key, m_pitchClasses), seenFrom(key, 1ULL << (m_bass[0] % 12)), sounded, m_sounding);
}

/// What sounded so many frames ago, and what followed when the last frames were like these.
void FrameContexts::describeRepeats(int key) {
    const bool sounded = before(1).sounds(key);
    for (std::size_t index = 0; index < lags.size(); ++index) {
        const Frame& then = before(lags[index]);
        add(then.window(key - 1, key + 1), std::min(m_lagMisses[index], 3), sounded, m_sounding);
    }
    for (std::size_t index = 1; index < lags.size(); ++index) {
        const int lag = lags[index];
        const bool asThen = before(1) == before(lag + 1);
        const int agreeing = asThen ? 1 + (before(2) == before(lag + 2)) : 0;
        add(before(lag).sounds(key), sounded, agreeing, std::min(m_lagMisses[index], 3));
    }
    for (std::size_t index = 0; index < m_repeats.size(); ++index) {
        const auto& [next, agreeing, here] = m_repeats[index];
        const int length = agreeing < 16 ? agreeing / 2 : 8 + (agreeing - 16) / 4;
        if (next == nullptr) {
            add(2, sounded);
        } else {
            add(next->sounds(key), length, here, std::min(m_repeatMisses[index], 2), sounded);
        }
    }
}

void FrameContexts::decide(int key, bool sounds) {
    const bool sounded = before(1).sounds(key);
    if (sounded) {
        (sounds ? m_held : m_released) += 1;
        m_lastChange = sounds ? 1 : 2;
    } else if (sounds) {
        ++m_struck;
        m_lastChange = 3 + std::min(before(1).nextUp(key + 1) - key, 12);
    }
    if (sounds) {
        std::copy_backward(m_above.begin(), m_above.end() - 1, m_above.end());
        m_above[0] = key;
        ++m_sounding;
        m_frame.add(key);
        m_soundingClasses |= std::uint64_t{1} << (key % 12);
    }
    for (std::size_t index = 0; index < m_repeats.size(); ++index) {
        m_repeatMisses[index] += m_repeats[index].next != nullptr && m_repeats[index].next->sounds(key) != sounds;
    }
    for (std::size_t index = 0; index < lags.size(); ++index) {
        m_lagMisses[index] += before(lags[index]).sounds(key) != sounds;
    }
}

void FrameContexts::endFrame() {
    for (int key = 0; key < keyCount; ++key) {
        int& unchanged = m_unchanged[static_cast<std::size_t>(key)];
        unchanged = m_frame.sounds(key) == before(1).sounds(key) ? unchanged + 1 : 0;
    }
    m_changes = m_changes << 1 | static_cast<std::uint64_t>(m_frame != before(1));
    if (m_sounding > 0) {
        move(m_melody, m_frame.nextDown(keyCount - 1));
        move(m_bass, m_frame.nextUp(0));
    }
}

}  // namespace ricercar
