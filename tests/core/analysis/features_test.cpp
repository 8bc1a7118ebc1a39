#include "core/analysis/features.h"

#include <cmath>

#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

TEST(Features, OfNothingAreNone) {
    const Features nothing = features(Song{});
    for (const FeatureField& field : featureFields) {
        EXPECT_TRUE(std::isnan(nothing.*field.value)) << field.name;
    }
}

TEST(Features, DensityCountsFromTheFirstOnset) {
    // One bar of rest, then 8 eighths: 4 quarters at 120, i.e. 2 seconds; 2 bars.
    SongBuilder song;
    song.rest(4);
    for (int i = 0; i < 8; ++i) {
        song.note(60, 0.5);
    }
    const Features result = features(song.build());
    EXPECT_DOUBLE_EQ(result.notesPerSecond, 4);
    EXPECT_DOUBLE_EQ(result.notesPerBar, 4);
    EXPECT_DOUBLE_EQ(result.emptyBarRate, 0.5);
}

TEST(Features, PolyphonyIsOverTheSoundingTime) {
    // C for 2 quarters, E with it for 1; a silent quarter; a unison on G in two tracks and a drum: 1 quarter.
    SongBuilder song;
    song.note(60, 2).chordNote(64, 1).rest(1).note(67, 1).track().rest(3).note(67, 1).drums().note(36, 8);
    const Features result = features(song.build());
    EXPECT_DOUBLE_EQ(result.meanPolyphony, (2 * 1 + 1 * 1 + 1 * 1) / 3.0);
    EXPECT_DOUBLE_EQ(result.maxPolyphony, 2);
}

TEST(Features, ARepeatedNoteDoesNotOverlapItself) {
    EXPECT_DOUBLE_EQ(features(SongBuilder().note(60, 1).note(62, 1).note(60, 1).build()).maxPolyphony, 1);
}

TEST(Features, PitchesOfAnArpeggio) {
    // C twice, E, G: probabilities 1/2, 1/4, 1/4.
    const Features result = features(SongBuilder().note(48, 1).note(64, 1).note(67, 1).note(72, 1).build());
    EXPECT_DOUBLE_EQ(result.pitchClassEntropy, 1.5);
    EXPECT_DOUBLE_EQ(result.lowestPitch, 48);
    EXPECT_DOUBLE_EQ(result.highestPitch, 72);
    EXPECT_DOUBLE_EQ(result.scaleConsistency, 1);
}

TEST(Features, ScaleConsistencyOfTheChromaticScale) {
    SongBuilder song;
    for (int pitch = 60; pitch < 72; ++pitch) {
        song.note(pitch, 1);
    }
    const Features result = features(song.build());
    EXPECT_DOUBLE_EQ(result.scaleConsistency, 7.0 / 12);
    EXPECT_DOUBLE_EQ(result.pitchClassEntropy, std::log2(12.0));
}

TEST(Features, DrumsHaveNoPitches) {
    const Features result = features(SongBuilder().drums().note(36, 1).note(38, 1).build());
    EXPECT_TRUE(std::isnan(result.pitchClassEntropy));
    EXPECT_TRUE(std::isnan(result.meanPolyphony));
    EXPECT_TRUE(std::isnan(result.lowestPitch));
    EXPECT_DOUBLE_EQ(result.notesPerBar, 2);
}

TEST(Features, GrooveIsComparedOnSixteenths) {
    // Four quarters, again a little early, then eight eighths: distances 0 and 4 of 16.
    SongBuilder song;
    for (int i = 0; i < 4; ++i) {
        song.note(60, 1);
    }
    song.track().rest(4 - 0.02);
    for (int i = 0; i < 4; ++i) {
        song.note(62, 1);
    }
    song.track().rest(8);
    for (int i = 0; i < 8; ++i) {
        song.note(64, 0.5);
    }
    EXPECT_DOUBLE_EQ(features(song.build()).grooveConsistency, 1 - (0.0 + 4.0 / 16) / 2);
}

TEST(Features, OneBarHasNoGroove) {
    EXPECT_TRUE(std::isnan(features(SongBuilder().note(60, 4).build()).grooveConsistency));
}

TEST(Features, BarsRepeatByPitchAndPosition) {
    // Bars: A, B, A, empty, A with another length and velocity: 2 of 4 filled bars repeat.
    SongBuilder song;
    song.note(60, 4).note(62, 4).note(60, 4).rest(4).note(60, 2, 99);
    const Features result = features(song.build());
    EXPECT_DOUBLE_EQ(result.repeatedBarRate, 0.5);
    EXPECT_DOUBLE_EQ(result.emptyBarRate, 0.2);
}

TEST(Features, AHeldNoteFillsItsBars) {
    EXPECT_DOUBLE_EQ(features(SongBuilder().note(60, 12).build()).emptyBarRate, 0);
}

TEST(Features, BarsFollowTheMetre) {
    // Three bars of 3/4, the first and last filled.
    const Song song = SongBuilder().meter(0, {3, 4}).note(60, 3).rest(3).note(60, 3).build();
    EXPECT_DOUBLE_EQ(features(song).emptyBarRate, 1.0 / 3);
    EXPECT_DOUBLE_EQ(features(song).notesPerBar, 2.0 / 3);
}

TEST(Features, VelocitySpreadIsTheStandardDeviation) {
    EXPECT_DOUBLE_EQ(features(SongBuilder().note(60, 1, 50).note(60, 1, 70).build()).velocitySpread, 10);
    EXPECT_DOUBLE_EQ(features(SongBuilder().note(60, 1, 50).note(60, 1, 50).build()).velocitySpread, 0);
}

TEST(Features, MeanSkipsPiecesWithoutTheFeature) {
    Features one;
    one.notesPerBar = 2;
    Features two;
    two.notesPerBar = 4;
    two.scaleConsistency = 0.9;
    const Features mean = meanFeatures(std::vector{one, two});
    EXPECT_DOUBLE_EQ(mean.notesPerBar, 3);
    EXPECT_DOUBLE_EQ(mean.scaleConsistency, 0.9);
    EXPECT_TRUE(std::isnan(mean.grooveConsistency));
    const Json json = toJson(mean);
    EXPECT_EQ(json["notesPerBar"], 3);
    EXPECT_TRUE(json["grooveConsistency"].is_null());
    EXPECT_EQ(json.size(), featureFields.size());
}

}  // namespace
}  // namespace ricercar
