#pragma once

#include <cstdint>
#include <vector>

#include "core/audio/patch.h"
#include "core/music/song.h"

namespace ricercar {

/// Channels of the synthesizer, which has more than MIDI's sixteen: every track of a song has one of its own, in order;
/// tracks beyond `songChannels` share.
inline constexpr int songChannels = 240;
inline constexpr int clickChannel = 240;
inline constexpr int auditionChannel = 241;
inline constexpr int synthChannels = 256;

/// What the metronome sounds with: the wood blocks of General MIDI's standard kit.
inline constexpr Patch clickPatch{Program{}, true};

struct PlannedEvent {
    /// In the order in which events of one moment happen.
    enum class Kind : std::uint8_t { noteOff, patch, bendRange, control, bend, click, noteOn };

    Tick tick;
    double seconds = 0;      ///< from the start of the song
    double until = 0;        ///< noteOn: when its noteOff comes, in seconds
    std::int16_t value = 0;  ///< velocity, controller value, bend, bend range in semitones
    Kind kind = Kind::noteOff;
    std::uint8_t channel = 0;  ///< of the synthesizer
    std::uint8_t number = 0;   ///< pitch or controller
    Patch patch;

    bool operator==(const PlannedEvent&) const = default;
};

/// The history of one setting of one channel: its instrument, its bend or one of its controllers.
struct Lane {
    PlannedEvent::Kind kind;
    std::uint8_t channel;
    std::uint8_t number;                ///< controller; else 0
    std::vector<PlannedEvent> changes;  ///< sorted by time, never empty

    /// The last change at or before `seconds`, or null.
    const PlannedEvent* at(double seconds) const;
};

/// A song as the sequencer plays it. Never changed once made, so that it may cross threads.
struct Plan {
    std::vector<PlannedEvent> events;  ///< sorted by tick, then kind, channel and number
    std::vector<Lane> lanes;           ///< what holds at any moment; sorted by kind, channel and number
    std::vector<Patch> patches;        ///< sorted, each once
    double endSeconds = 0;             ///< of `Song::end`
    double lastNoteEndSeconds = 0;
    int ticksPerQuarter = 480;
    TempoMap tempo{480, {}};

    /// Positions are passed about in quarter notes, which mean the same in any song.
    double secondsAt(double quarters) const;
    double quartersAt(double seconds) const { return tempo.ticksAt(seconds) / ticksPerQuarter; }

    /// Whether the plan ever touches the setting of `lane`.
    bool sets(const Lane& lane) const;
    /// The note that starts at `tick` on this channel and pitch, or null.
    const PlannedEvent* noteAt(Tick tick, std::uint8_t channel, std::uint8_t pitch) const;
};

/// A note that meets the next one of its pitch in its track ends where that one starts, and every note lasts at least a
/// tick, so that each noteOn has its own noteOff. Bank select and RPN 0 become the instrument's bank and the bend
/// range; other parameter numbers and channel modes are not played.
Plan makePlan(const Song& song);

}  // namespace ricercar
