#include "core/edit/quantise.h"

#include <gtest/gtest.h>

#include "support/random_song.h"
#include "support/song_check.h"

namespace ricercar {
namespace {

constexpr int resolution = 480;
constexpr std::int64_t bar = 4 * resolution;

/// Bars of four quarters full of notes of `1 / stepsPerQuarter`, for each bar its own number.
Song barsOfSteps(const std::vector<int>& stepsPerQuarter) {
    Track track;
    Tick onset;
    for (const int steps : stepsPerQuarter) {
        for (int i = 0; i < 4 * steps; ++i) {
            track.notes.push_back({onset, TickDelta{resolution / steps}, Pitch::clamped(60), {}});
            onset = onset + TickDelta{resolution / steps};
        }
    }
    Song song;
    song.tracks = {std::make_shared<const Track>(track)};
    song.end = onset;
    return song;
}

/// As people play: each end of each note up to `most` ticks too early or too late.
Song performed(const Song& song, int most, Random& random) {
    Track track = *song.tracks[0];
    for (Note& note : track.notes) {
        const Tick end = note.end() + TickDelta{random.between(-most, most)};
        note.onset = std::max(Tick{}, note.onset + TickDelta{random.between(-most, most)});
        note.duration = end - note.onset;
    }
    sortEvents(track);
    Song result = song;
    result.tracks = {std::make_shared<const Track>(track)};
    result.end = lastNoteEnd(result);
    return result;
}

TEST(ChooseGrid, TellsTripletsFromSixteenths) {
    EXPECT_EQ(chooseGrid(barsOfSteps({4, 4})), (GridMap{{4}, {}}));
    EXPECT_EQ(chooseGrid(barsOfSteps({3, 3})), (GridMap{{6}, {}}));
    EXPECT_EQ(chooseGrid(barsOfSteps({2, 1})), (GridMap{{4}, {}})) << "binary where both fit";
}

TEST(ChooseGrid, BarsDifferFromTheirPiece) {
    EXPECT_EQ(chooseGrid(barsOfSteps({4, 3, 4, 4, 2})), (GridMap{{4}, {{1, {6}}}}));
    EXPECT_EQ(chooseGrid(barsOfSteps({6, 4, 6})), (GridMap{{6}, {{1, {4}}}}));
}

TEST(ChooseGrid, TripletsAndSixteenthsSurviveAPerformance) {
    Random random(1);
    for (int i = 0; i < 100; ++i) {
        std::vector<int> steps(8);
        for (int& count : steps) {
            count = std::array{3, 4, 6, 2}[random.below(4)];
        }
        const Song score = barsOfSteps(steps);
        const Song played = performed(score, 20, random);
        const Song result = quantised(played, chooseGrid(played));
        EXPECT_EQ(result.tracks[0]->notes, score.tracks[0]->notes) << i;
    }
}

TEST(Quantised, StrengthIsTheShareOfTheWay) {
    Song song = barsOfSteps({1});
    Track track = *song.tracks[0];
    track.notes = {{Tick{40}, TickDelta{200}, {}, {}}};
    song.tracks = {std::make_shared<const Track>(track)};
    EXPECT_EQ(quantised(song, {{4}, {}}, 0.0), song);
    EXPECT_EQ(quantised(song, {{4}, {}}, 0.5).tracks[0]->notes[0], (Note{Tick{20}, TickDelta{220}, {}, {}}));
    EXPECT_EQ(quantised(song, {{4}, {}}).tracks[0]->notes[0], (Note{Tick{0}, TickDelta{240}, {}, {}}));
}

TEST(Quantised, NotesKeepALengthAndGridsStartAtBarLines) {
    Song song;
    song.meters = {{Tick{0}, {7, 16}}};  // 840 ticks a bar
    song.tracks = {std::make_shared<const Track>(
        Track{"", {}, {{Tick{845}, TickDelta{3}, {}, {}}, {Tick{1675}, TickDelta{0}, {}, {}}}, {}, {}, {}})};
    song.end = Tick{1675};
    const Song result = quantised(song, {{2}, {}});
    EXPECT_EQ(result.tracks[0]->notes[0], (Note{Tick{840}, TickDelta{240}, {}, {}}));
    EXPECT_EQ(result.tracks[0]->notes[1], (Note{Tick{1680}, TickDelta{240}, {}, {}}));
    EXPECT_EQ(result.end, Tick{1920});
}

TEST(Quantised, OfRandomSongsIsValidAndStaysWhereItIs) {
    Random random(2);
    for (int i = 0; i < 200; ++i) {
        const Song song = randomSong(random);
        const GridMap grids = chooseGrid(song);
        EXPECT_EQ(faultOf(quantised(song, grids, random.uniform())), "");
        const Song once = quantised(song, grids);
        EXPECT_EQ(faultOf(once), "");
        EXPECT_EQ(noteCount(once), noteCount(song));
        EXPECT_EQ(quantised(once, grids), once);
        EXPECT_EQ(quantised(song, grids, 0.0), song);
    }
}

}  // namespace
}  // namespace ricercar
