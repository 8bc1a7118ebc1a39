#include "core/analysis/cadence.h"

#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

constexpr Key cMajor{0, Mode::major};
constexpr Key aMinor{9, Mode::minor};

/// Two bars of quarters; then come others.
SongBuilder walking() {
    SongBuilder song;
    for (int quarter = 0; quarter < 8; ++quarter) {
        song.note(60 + quarter % 4, 1);
    }
    return song;
}

TEST(Cadence, TheTonicTriadHeldForABarIsAnEnd) {
    EXPECT_DOUBLE_EQ(cadence(walking().note(48, 4).chordNote(64, 4).chordNote(67, 4).build(), cMajor), 1);
    EXPECT_DOUBLE_EQ(cadence(walking().note(57, 4).chordNote(60, 4).chordNote(64, 4).build(), aMinor), 1);
}

TEST(Cadence, EachOfItsPartsIsAQuarter) {
    EXPECT_DOUBLE_EQ(cadence(walking().note(52, 4).chordNote(60, 4).build(), cMajor), 0.75) << "third in the bass";
    EXPECT_DOUBLE_EQ(cadence(walking().note(48, 4).chordNote(62, 4).build(), cMajor), 0.875) << "half of the chord";
    // A quarter alone in the last bar is half as long as half a bar.
    EXPECT_DOUBLE_EQ(cadence(walking().rest(3).note(48, 1).build(), cMajor), 0.875);
    // Three onsets where there were four before: half way between half as many and as many.
    EXPECT_DOUBLE_EQ(cadence(walking().note(55, 1).note(59, 1).note(48, 2).build(), cMajor), 0.875);
    EXPECT_DOUBLE_EQ(cadence(walking().note(55, 1).note(59, 1).note(62, 1).note(66, 1).build(), cMajor), 0.125);
}

TEST(Cadence, WhatStillSoundsBelongsToTheLastChord) {
    const Song song = walking().note(48, 4).rest(-2).note(64, 2).build();  // the tonic held below
    EXPECT_DOUBLE_EQ(cadence(song, cMajor), 1);
}

TEST(Cadence, DrumsHaveOnlyTheCalm) {
    EXPECT_DOUBLE_EQ(cadence(Song{}, cMajor), 0);
    SongBuilder drums;
    drums.drums();
    for (int quarter = 0; quarter < 8; ++quarter) {
        drums.note(36, 1);
    }
    EXPECT_DOUBLE_EQ(cadence(drums.build(), cMajor), 0);
    EXPECT_DOUBLE_EQ(cadence(drums.note(49, 4).build(), cMajor), 1);
}

}  // namespace
}  // namespace ricercar
