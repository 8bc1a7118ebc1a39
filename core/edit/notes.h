#pragma once

#include <compare>
#include <cstddef>
#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// A note of a song by its place.
struct NotePlace {
    std::size_t track = 0;  ///< index into `Song::tracks`
    std::size_t note = 0;   ///< index into `Track::notes`

    auto operator<=>(const NotePlace&) const = default;
};

/// Notes of one song; in any order, each once.
using Selection = std::vector<NotePlace>;

/// A song after an edit, and the places that the edited notes have in it, sorted.
struct EditedNotes {
    Song song;
    Selection selection;
};

// The places and tracks named must exist. The song grows where notes go beyond its end; it never shrinks.

EditedNotes insertedNotes(const Song& song, std::size_t track, const std::vector<Note>& notes);

Song removedNotes(const Song& song, const Selection& selection);

/// Moves the selection as one: by less than asked where a note would start before tick 0 or leave the range of pitches.
EditedNotes movedNotes(const Song& song, const Selection& selection, TickDelta time, int semitones);

/// Lengthens each note, or shortens it to not less than one tick.
EditedNotes resizedNotes(const Song& song, const Selection& selection, TickDelta change);

}  // namespace ricercar
