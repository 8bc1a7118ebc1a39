#include "core/edit/notes.h"

#include <gtest/gtest.h>

#include "support/random_song.h"
#include "support/song_check.h"

namespace ricercar {
namespace {

const Note& noteAt(const Song& song, const NotePlace& place) { return song.tracks[place.track]->notes[place.note]; }

/// Each note with a chance of one third.
Selection randomSelection(const Song& song, Random& random) {
    Selection selection;
    for (std::size_t t = 0; t < song.tracks.size(); ++t) {
        for (std::size_t n = 0; n < song.tracks[t]->notes.size(); ++n) {
            if (random.below(3) == 0) {
                selection.push_back({t, n});
            }
        }
    }
    return selection;
}

class EditedNotesOfRandomSongs : public testing::TestWithParam<int> {
protected:
    Random random = Random(static_cast<std::uint64_t>(GetParam()));
    Song song = randomSong(random);
    Selection selection = randomSelection(song, random);

    /// Valid, the rest of the song untouched, and the tracks without selected notes shared.
    void expectOnlySelectionChanged(const EditedNotes& edited) {
        EXPECT_EQ(faultOf(edited.song), "");
        EXPECT_EQ(edited.selection.size(), selection.size());
        EXPECT_TRUE(std::is_sorted(edited.selection.begin(), edited.selection.end()));
        const Song rest = removedNotes(song, selection);
        const Song editedRest = removedNotes(edited.song, edited.selection);
        for (std::size_t t = 0; t < song.tracks.size(); ++t) {
            EXPECT_EQ(*editedRest.tracks[t], *rest.tracks[t]);
            const bool isTouched = std::any_of(selection.begin(), selection.end(),
                                               [&](const NotePlace& place) { return place.track == t; });
            EXPECT_EQ(edited.song.tracks[t] == song.tracks[t], !isTouched);
        }
    }
};

TEST_P(EditedNotesOfRandomSongs, RemovedComeBackWhenInserted) {
    Song result = removedNotes(song, selection);
    EXPECT_EQ(noteCount(result), noteCount(song) - selection.size());
    for (const NotePlace& place : selection) {
        const EditedNotes inserted = insertedNotes(result, place.track, {noteAt(song, place)});
        EXPECT_EQ(noteAt(inserted.song, inserted.selection.at(0)), noteAt(song, place));
        result = inserted.song;
    }
    EXPECT_EQ(result, song);
}

TEST_P(EditedNotesOfRandomSongs, MovedAndBackAreTheSame) {
    const TickDelta time{random.between(0, 1000)};
    const int semitones = random.between(-48, 55);
    const EditedNotes there = movedNotes(song, selection, time, semitones);
    expectOnlySelectionChanged(there);
    const EditedNotes back = movedNotes(there.song, there.selection, TickDelta{} - time, -semitones);
    EXPECT_EQ(back.selection.size(), selection.size());
    for (std::size_t t = 0; t < song.tracks.size(); ++t) {
        EXPECT_EQ(*back.song.tracks[t], *song.tracks[t]);
    }
}

TEST_P(EditedNotesOfRandomSongs, ResizedKeepOnsetsAndALength) {
    const EditedNotes edited = resizedNotes(song, selection, TickDelta{random.between(-500, 500)});
    expectOnlySelectionChanged(edited);
    for (const NotePlace& place : edited.selection) {
        EXPECT_GE(noteAt(edited.song, place).duration, TickDelta{1});
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EditedNotesOfRandomSongs, testing::Range(0, 40));

TEST(MovedNotes, StopAsOneAtTheEdges) {
    Song song;
    song.tracks = {std::make_shared<const Track>(
        Track{"",
              {},
              {{Tick{10}, TickDelta{5}, Pitch::clamped(120), {}}, {Tick{30}, TickDelta{5}, Pitch::clamped(100), {}}},
              {},
              {},
              {}})};
    song.end = Tick{35};
    const EditedNotes moved = movedNotes(song, {{0, 0}, {0, 1}}, TickDelta{-20}, 12);
    EXPECT_EQ(moved.song.tracks[0]->notes[0], (Note{Tick{0}, TickDelta{5}, Pitch::clamped(127), {}}));
    EXPECT_EQ(moved.song.tracks[0]->notes[1], (Note{Tick{20}, TickDelta{5}, Pitch::clamped(107), {}}));
    EXPECT_EQ(movedNotes(song, {{0, 1}}, TickDelta{100}, 0).song.end, Tick{135});
}

}  // namespace
}  // namespace ricercar
