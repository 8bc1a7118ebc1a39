#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/music/pitch.h"
#include "core/music/time.h"

namespace ricercar {

struct Note {
    Tick onset;
    TickDelta duration;
    Pitch pitch;
    Velocity velocity;

    constexpr bool operator==(const Note&) const = default;
    constexpr Tick end() const { return onset + duration; }
};

/// The order of notes in a track: by onset, then pitch, then duration, then velocity.
constexpr bool earlierNote(const Note& a, const Note& b) {
    if (a.onset != b.onset) return a.onset < b.onset;
    if (a.pitch != b.pitch) return a.pitch < b.pitch;
    if (a.duration != b.duration) return a.duration < b.duration;
    return a.velocity < b.velocity;
}

struct ProgramChange {
    Tick tick;
    Program program;
    bool operator==(const ProgramChange&) const = default;
};

/// A controller such as 7 (volume), 10 (pan) or 64 (sustain pedal).
struct ControlChange {
    Tick tick;
    std::uint8_t controller = 0;  ///< 0 to 127
    std::uint8_t value = 0;       ///< 0 to 127
    bool operator==(const ControlChange&) const = default;
};

struct PitchBend {
    Tick tick;
    std::int16_t value = 0;  ///< -8192 to 8191; 0 is no bend
    bool operator==(const PitchBend&) const = default;
};

/// One instrument. Every list is sorted by time, notes by `earlierNote`.
struct Track {
    std::string name;
    Channel channel;
    std::vector<Note> notes;
    std::vector<ProgramChange> programs;
    std::vector<ControlChange> controls;
    std::vector<PitchBend> bends;

    bool operator==(const Track&) const = default;
    bool isDrums() const { return channel == drumChannel; }
    /// The program in force at the first note: its last change at or before it, else the first one, else 0 (piano).
    Program program() const;
};

/// Puts every list of `track` into its order.
void sortEvents(Track& track);

}  // namespace ricercar
