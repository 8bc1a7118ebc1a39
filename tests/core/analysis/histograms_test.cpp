#include "core/analysis/histograms.h"

#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

TEST(Histograms, CountPitchesDrumsAndDurationsApart) {
    const Histograms result =
        histograms(SongBuilder().note(60, 1).note(72, 0.5).note(64, 1.02).drums().note(36, 4).build());
    EXPECT_EQ(toJson(result), (Json{{"pitches", {{"C4", 1}, {"E4", 1}, {"C5", 1}}},
                                    {"pitchClasses", {{"C", 2}, {"E", 1}}},
                                    {"drums", {{"Bass Drum 1", 1}}},
                                    {"durations", {{"1/8", 1}, {"1/4", 2}}}}));
}

TEST(Histograms, DurationsGoToTheNearestNoteValue) {
    const auto durationOf = [](double quarters) {
        return toJson(histograms(SongBuilder().note(60, quarters).build()))["durations"].begin().key();
    };
    for (const NoteValue& value : noteValues) {
        EXPECT_EQ(durationOf(value.quarters), value.name);
        EXPECT_EQ(durationOf(value.quarters * 1.03), value.name);
        EXPECT_EQ(durationOf(value.quarters * 0.97), value.name);
    }
    EXPECT_EQ(durationOf(0), "1/64");
    EXPECT_EQ(durationOf(100), "longer");
}

TEST(Histograms, AddUp) {
    Histograms sum = histograms(SongBuilder().note(60, 1).build());
    sum += histograms(SongBuilder().note(60, 2).drums().note(38, 1).build());
    EXPECT_EQ(sum.pitches[60], 2U);
    EXPECT_EQ(sum.drums[38], 1U);
    EXPECT_EQ(sum.pitchClasses()[0], 2U);
}

TEST(ChordCounts, CountWhatBeginsTogether) {
    SongBuilder song;
    song.note(64, 1).chordNote(60, 1).note(60, 1).note(60, 1).track().rest(3).note(60, 1).drums().note(36, 1);
    song.track().note(60, 1);  // doubles the C of the first chord
    const auto counts = chordCounts(song.build());
    const auto pitch = [](int midi) { return Pitch::clamped(midi); };
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0], (ChordCount{{pitch(60)}, 3}));
    EXPECT_EQ(counts[1], (ChordCount{{pitch(60), pitch(64)}, 1}));
}

}  // namespace
}  // namespace ricercar
