#pragma once

#include <algorithm>
#include <memory>

#include "core/music/song.h"

namespace ricercar {

/// `track` with every moment moved by `newTick`, a function from Tick to Tick that never reverses time. A note that has
/// a length keeps at least one tick.
template <typename NewTick>
Track retimed(Track track, const NewTick& newTick) {
    for (Note& note : track.notes) {
        const Tick end = newTick(note.end());
        note.onset = newTick(note.onset);
        note.duration = std::max(end - note.onset, TickDelta{note.duration.value > 0 ? 1 : 0});
    }
    for (ProgramChange& change : track.programs) {
        change.tick = newTick(change.tick);
    }
    for (ControlChange& change : track.controls) {
        change.tick = newTick(change.tick);
    }
    for (PitchBend& bend : track.bends) {
        bend.tick = newTick(bend.tick);
    }
    std::sort(track.notes.begin(), track.notes.end(), earlierNote);
    return track;
}

/// The same for all of a song.
template <typename NewTick>
Song retimed(Song song, const NewTick& newTick) {
    for (auto& track : song.tracks) {
        track = std::make_shared<const Track>(retimed(*track, newTick));
    }
    for (TempoChange& change : song.tempi) {
        change.tick = newTick(change.tick);
    }
    for (MeterChange& change : song.meters) {
        change.tick = newTick(change.tick);
    }
    for (KeyChange& change : song.keys) {
        change.tick = newTick(change.tick);
    }
    song.end = std::max(newTick(song.end), lastNoteEnd(song));
    return song;
}

}  // namespace ricercar
