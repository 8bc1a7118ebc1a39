#pragma once

#include <array>
#include <cstdint>

#include "core/music/track.h"

namespace ricercar {

/// Gathers the events of one channel of one track chunk, fed in the order of time. A note takes its place in the list
/// when it starts, so that the onsets need no sorting. While it sounds, its `duration` holds the index of the next
/// sounding note of its pitch: a queue for each pitch without memory of its own.
class ChannelEvents {
public:
    ChannelEvents() { m_oldest.fill(none); }

    void noteOn(Tick tick, int pitch, int velocity) {
        const auto index = static_cast<std::int32_t>(m_track.notes.size());
        m_track.notes.push_back({tick, TickDelta{none}, Pitch::clamped(pitch), Velocity::clamped(velocity)});
        if (m_oldest[pitch] == none) {
            m_oldest[pitch] = index;
        } else {
            m_track.notes[m_newest[pitch]].duration.value = index;
        }
        m_newest[pitch] = index;
    }
    /// Ends the oldest sounding note of the pitch; false when none sounds.
    bool noteOff(Tick tick, int pitch) {
        if (m_oldest[pitch] == none) {
            return false;
        }
        Note& note = m_track.notes[m_oldest[pitch]];
        m_oldest[pitch] = static_cast<std::int32_t>(note.duration.value);
        note.duration = tick - note.onset;
        return true;
    }
    void program(Tick tick, int program) { m_track.programs.push_back({tick, Program::clamped(program)}); }
    void control(Tick tick, std::uint8_t controller, std::uint8_t value) {
        m_track.controls.push_back({tick, controller, value});
    }
    void bend(Tick tick, int value) { m_track.bends.push_back({tick, static_cast<std::int16_t>(value)}); }

    /// Ends every sounding note; whether there was one.
    bool endAllNotes(Tick tick);
    /// All that was gathered, its notes in their order. Every note must have ended.
    Track take();

private:
    static constexpr std::int32_t none = -1;

    Track m_track;
    std::array<std::int32_t, 128> m_oldest{};  ///< index of the sounding note that ends first, or none
    std::array<std::int32_t, 128> m_newest{};  ///< the last of its queue; has a meaning only where one sounds
};

}  // namespace ricercar
