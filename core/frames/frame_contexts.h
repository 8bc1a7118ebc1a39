#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/frames/frame_repeats.h"

namespace ricercar {

/// What is known when it is decided whether a key sounds in a frame: the frames before it in the piece, the keys of the
/// same frame above this one, and, from `FrameRepeats`, what followed when the piece was like this before. The keys of
/// a frame are decided from the highest down. Most contexts say where things are seen from the key, not on the
/// keyboard, so that what is learnt in one place is known in all.
class FrameContexts {
public:
    static constexpr int count = 58;
    /// How many values each of `selected` has.
    static constexpr std::array selectorSizes = {32, keyCount, 128, 48, 24};

    void beginPiece();
    /// `repeats` has the past of this frame and stays as it is until `endFrame`.
    void beginFrame(const FrameRepeats& repeats);
    /// Describes the decision on `key`, which is below those decided.
    void describe(int key);
    void decide(int key, bool sounds);
    void endFrame();

    std::span<const std::uint64_t> contexts() const { return m_contexts; }
    std::span<const int> selected() const { return m_selected; }

private:
    static constexpr std::array lags = {2, 4, 8, 16, 32};

    const Frame& before(int frames) const {
        static const Frame silence;
        return static_cast<std::size_t>(frames) <= m_past.size()
                   ? m_past[m_past.size() - static_cast<std::size_t>(frames)]
                   : silence;
    }
    /// The last `frames` frames of a key, as bits.
    std::uint64_t history(int key, int frames) const;
    template <typename... Values>
    void add(Values... values) {
        m_contexts.push_back(mixedHash(values...));
    }

    void describeTime(int key);
    void describeNeighbours(int key);
    void describeLines(int key);
    void describeHarmony(int key);
    void describeRepeats(int key);

    std::array<int, keyCount> m_unchanged = {};  ///< for so many frames each key has been as it is
    std::uint64_t m_changes = 0;       ///< whether each of the last frames differed from the one before, as bits
    std::array<int, 4> m_melody = {};  ///< the last different highest keys, the latest first
    std::array<int, 4> m_bass = {};    ///< and lowest keys

    // Of the frame.
    std::span<const Frame> m_past;
    std::array<FrameRepeats::Repeat, FrameRepeats::lengths.size()> m_repeats;
    int m_phase = 0;                   ///< frames since the start, modulo 16: the place in the bar of most pieces
    std::uint64_t m_pitchClasses = 0;  ///< of the frame before, as bits
    std::uint64_t m_scale = 0;         ///< of the last 24 frames
    Frame m_frame;                     ///< as far as it is decided
    int m_sounding = 0;                ///< keys of m_frame
    std::array<int, 4> m_above = {};   ///< the lowest decided keys that sound, lowest first
    int m_held = 0;                    ///< keys that go on from the frame before
    int m_released = 0;
    int m_struck = 0;
    int m_lastChange = 0;  ///< how the lowest key that sounded before or sounds now was decided
    std::uint64_t m_soundingClasses = 0;
    std::array<int, FrameRepeats::lengths.size()> m_repeatMisses = {};  ///< keys decided otherwise than then
    std::array<int, lags.size()> m_lagMisses = {};

    std::vector<std::uint64_t> m_contexts;
    std::array<int, selectorSizes.size()> m_selected = {};
};

}  // namespace ricercar
