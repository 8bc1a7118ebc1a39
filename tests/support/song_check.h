#pragma once

#include <algorithm>
#include <bit>
#include <string>

#include "core/music/song.h"

namespace ricercar {

/// What `song` breaks of the promises of core/music/song.h and track.h; empty when nothing. Promises that the types
/// keep by themselves are not looked at.
inline std::string faultOf(const Song& song) {
    if (song.ticksPerQuarter < 1 || song.ticksPerQuarter > 32767) return "ticks per quarter out of range";
    const auto byTick = [](const auto& a, const auto& b) { return a.tick < b.tick; };
    const auto inTime = [&](const auto& events) {
        return std::is_sorted(events.begin(), events.end(), byTick) &&
               (events.empty() || events.front().tick >= Tick{});
    };
    if (!inTime(song.tempi) || !inTime(song.meters) || !inTime(song.keys)) return "changes out of order";
    for (const TempoChange& change : song.tempi) {
        if (change.microsecondsPerQuarter < 1 || change.microsecondsPerQuarter > 16777215) return "tempo out of range";
    }
    for (const auto& [tick, meter] : song.meters) {
        if (meter.numerator == 0 || !std::has_single_bit(meter.denominator)) return "metre out of range";
    }
    for (const KeyChange& change : song.keys) {
        if (change.sharps < -7 || change.sharps > 7) return "key signature out of range";
    }
    for (const auto& track : song.tracks) {
        if (track == nullptr) return "null track";
        if (!std::is_sorted(track->notes.begin(), track->notes.end(), earlierNote)) return "notes out of order";
        if (!inTime(track->programs) || !inTime(track->controls) || !inTime(track->bends)) return "events out of order";
        for (const Note& note : track->notes) {
            if (note.onset < Tick{} || note.duration < TickDelta{} || note.end() > song.end) return "note out of time";
        }
        for (const ControlChange& change : track->controls) {
            if (change.controller > 127 || change.value > 127) return "controller out of range";
        }
        for (const PitchBend& bend : track->bends) {
            if (bend.value < -8192 || bend.value > 8191) return "bend out of range";
        }
    }
    return "";
}

}  // namespace ricercar
