#include "core/analysis/key_finding.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

constexpr std::array majorSteps = {0, 2, 4, 5, 7, 9, 11, 12};
constexpr std::array harmonicMinorSteps = {0, 2, 3, 5, 7, 8, 11, 12};

/// A scale up, and the tonic triad as half notes at its end.
Song scale(Key key) {
    SongBuilder song;
    const int tonic = 60 + key.tonic;
    for (const int step : key.mode == Mode::major ? majorSteps : harmonicMinorSteps) {
        song.note(tonic + step, 1);
    }
    song.note(tonic, 2).chordNote(tonic + (key.mode == Mode::major ? 4 : 3), 2).chordNote(tonic + 7, 2);
    return song.build();
}

TEST(FindKey, NamesEveryScale) {
    for (const Mode mode : {Mode::major, Mode::minor}) {
        for (int tonic = 0; tonic < 12; ++tonic) {
            const auto estimate = findKey(scale({tonic, mode}));
            ASSERT_TRUE(estimate);
            EXPECT_EQ(estimate->key.text(), (Key{tonic, mode}).text());
            EXPECT_GT(estimate->correlation, 0.8);
            EXPECT_GT(estimate->correlation, estimate->runnerUpCorrelation);
            EXPECT_NE(estimate->key, estimate->runnerUp);
        }
    }
}

TEST(FindKey, AProfileOfKrumhanslCorrelatesPerfectlyWithItself) {
    // D minor: the minor profile turned by two semitones, scaled and moved.
    constexpr PitchClassProfile minor = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17};
    PitchClassProfile profile{};
    for (std::size_t degree = 0; degree < 12; ++degree) {
        profile[(degree + 2) % 12] = 10 * minor[degree] + 5;
    }
    const auto estimate = findKey(profile);
    ASSERT_TRUE(estimate);
    EXPECT_EQ(estimate->key.text(), "D minor");
    EXPECT_NEAR(estimate->correlation, 1.0, 1e-12);
    EXPECT_EQ(estimate->runnerUp.text(), "F major");
    EXPECT_NEAR(estimate->runnerUpCorrelation, 0.65, 0.01);
}

TEST(FindKey, NoKeyWithoutPreference) {
    EXPECT_FALSE(findKey(PitchClassProfile{}));
    PitchClassProfile flat;
    flat.fill(0.1);
    EXPECT_FALSE(findKey(flat));
    EXPECT_FALSE(findKey(Song{}));
}

TEST(FindKey, LeavesTheDrumsOut) {
    SongBuilder drums;
    drums.drums().note(36, 1).note(38, 1).note(42, 1);
    EXPECT_FALSE(findKey(drums.build()));
}

TEST(BarProfiles, CutNotesAtBarLines) {
    // 4/4: a C of six quarters from beat 1, an E of one quarter in bar 2.
    SongBuilder song;
    song.note(60, 6).track().rest(4).note(64, 1);
    const auto profiles = barProfiles(song.build());
    ASSERT_EQ(profiles.size(), 2U);
    EXPECT_DOUBLE_EQ(profiles[0][0], 4);
    EXPECT_DOUBLE_EQ(profiles[1][0], 2);
    EXPECT_DOUBLE_EQ(profiles[0][4], 0);
    EXPECT_DOUBLE_EQ(profiles[1][4], 1);
}

TEST(SlidingKeys, FollowAModulation) {
    // Eight bars of C major, then eight of F sharp major.
    SongBuilder song;
    for (const int tonic : {60, 66}) {
        for (int time = 0; time < 4; ++time) {
            for (const int step : majorSteps) {
                song.note(tonic + step, 1);
            }
        }
    }
    const auto keys = slidingKeys(barProfiles(song.build()), 4, 4);
    ASSERT_EQ(keys.size(), 4U);
    EXPECT_EQ(keys[0].estimate->key.text(), "C major");
    EXPECT_EQ(keys[1].estimate->key.text(), "C major");
    EXPECT_EQ(keys[2].estimate->key.text(), "F# major");
    EXPECT_EQ(keys[3].estimate->key.text(), "F# major");
    EXPECT_EQ(keys[3].firstBar, 12);
    EXPECT_EQ(keys[3].lastBar, 15);
}

TEST(SlidingKeys, TheLastWindowEndsWithTheLastBar) {
    const std::vector<PitchClassProfile> bars(10);
    const auto range = [](const KeyOfBars& keys) { return std::pair(keys.firstBar, keys.lastBar); };
    std::vector<std::pair<int, int>> ranges;
    for (const auto& keys : slidingKeys(bars, 4, 4)) {
        ranges.push_back(range(keys));
    }
    EXPECT_THAT(ranges, testing::ElementsAre(std::pair(0, 3), std::pair(4, 7), std::pair(6, 9)));
    ASSERT_EQ(slidingKeys(bars, 16, 8).size(), 1U);
    EXPECT_EQ(range(slidingKeys(bars, 16, 8)[0]), std::pair(0, 9));
    EXPECT_TRUE(slidingKeys({}, 4, 4).empty());
}

}  // namespace
}  // namespace ricercar
