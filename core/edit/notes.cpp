#include "core/edit/notes.h"

#include <algorithm>
#include <limits>
#include <map>

namespace ricercar {

namespace {

struct MarkedNote {
    Note note;
    bool isSelected;
};
using MarkedNotes = std::vector<MarkedNote>;

MarkedNotes markedNotes(const Track& track) {
    MarkedNotes notes;
    notes.reserve(track.notes.size());
    for (const Note& note : track.notes) {
        notes.push_back({note, false});
    }
    return notes;
}

/// The notes of each track that `selection` touches.
std::map<std::size_t, MarkedNotes> touchedTracks(const Song& song, const Selection& selection) {
    std::map<std::size_t, MarkedNotes> touched;
    for (const NotePlace& place : selection) {
        const auto [track, isNew] = touched.try_emplace(place.track);
        if (isNew) {
            track->second = markedNotes(*song.tracks[place.track]);
        }
        track->second[place.note].isSelected = true;
    }
    return touched;
}

/// Gives `notes` to the track and appends the places of the selected ones.
void putNotes(EditedNotes& edited, std::size_t index, MarkedNotes notes) {
    std::sort(notes.begin(), notes.end(),
              [](const MarkedNote& a, const MarkedNote& b) { return earlierNote(a.note, b.note); });
    Track track = *edited.song.tracks[index];
    track.notes.clear();
    for (const MarkedNote& marked : notes) {
        if (marked.isSelected) {
            edited.selection.push_back({index, track.notes.size()});
        }
        track.notes.push_back(marked.note);
        edited.song.end = std::max(edited.song.end, marked.note.end());
    }
    edited.song.tracks[index] = std::make_shared<const Track>(std::move(track));
}

template <typename Change>
EditedNotes changedNotes(const Song& song, const Selection& selection, const Change& change) {
    EditedNotes edited{song, {}};
    for (auto& [index, notes] : touchedTracks(song, selection)) {
        for (MarkedNote& marked : notes) {
            if (marked.isSelected) {
                change(marked.note);
            }
        }
        putNotes(edited, index, std::move(notes));
    }
    return edited;
}

}  // namespace

EditedNotes insertedNotes(const Song& song, std::size_t track, const std::vector<Note>& notes) {
    EditedNotes edited{song, {}};
    MarkedNotes all = markedNotes(*song.tracks[track]);
    for (const Note& note : notes) {
        all.push_back({note, true});
    }
    putNotes(edited, track, std::move(all));
    return edited;
}

Song removedNotes(const Song& song, const Selection& selection) {
    EditedNotes edited{song, {}};
    for (auto& [index, notes] : touchedTracks(song, selection)) {
        std::erase_if(notes, [](const MarkedNote& marked) { return marked.isSelected; });
        putNotes(edited, index, std::move(notes));
    }
    return edited.song;
}

EditedNotes movedNotes(const Song& song, const Selection& selection, TickDelta time, int semitones) {
    Tick first{std::numeric_limits<std::int64_t>::max()};
    int lowest = Pitch::max;
    int highest = Pitch::min;
    for (const NotePlace& place : selection) {
        const Note& note = song.tracks[place.track]->notes[place.note];
        first = std::min(first, note.onset);
        lowest = std::min(lowest, note.pitch.midi());
        highest = std::max(highest, note.pitch.midi());
    }
    if (selection.empty()) {
        return {song, {}};
    }
    const TickDelta shift = std::max(time, Tick{} - first);
    const int interval = std::clamp(semitones, Pitch::min - lowest, Pitch::max - highest);
    return changedNotes(song, selection, [&](Note& note) {
        note.onset = note.onset + shift;
        note.pitch = Pitch::clamped(note.pitch.midi() + interval);
    });
}

EditedNotes resizedNotes(const Song& song, const Selection& selection, TickDelta change) {
    return changedNotes(song, selection,
                        [&](Note& note) { note.duration = std::max(note.duration + change, TickDelta{1}); });
}

}  // namespace ricercar
