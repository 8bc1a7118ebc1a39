#include "core/analysis/loops.h"

#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

/// Bars of four quarters; each letter begins on another pitch, and a space is a silent bar.
Song bars(const std::string& letters) {
    SongBuilder song;
    for (const char letter : letters) {
        if (letter == ' ') {
            song.rest(4);
            continue;
        }
        for (int quarter = 0; quarter < 4; ++quarter) {
            song.note(letter - 'a' + 40 + quarter * 7, 1);
        }
    }
    return song.build();
}

TEST(Loops, ABarIsHeardRunning) {
    EXPECT_EQ(timesRunning(Song{}), 0);
    EXPECT_EQ(timesRunning(bars("a")), 1);
    EXPECT_EQ(timesRunning(bars("abcdef")), 1);
    EXPECT_EQ(timesRunning(bars("abbbc")), 3);
    EXPECT_EQ(timesRunning(bars("aabbba")), 3);
    EXPECT_EQ(timesRunning(bars("abaca")), 1);
}

TEST(Loops, SoIsAGroupOfBars) {
    EXPECT_EQ(timesRunning(bars("xabababaxx")), 3);
    EXPECT_EQ(timesRunning(bars("abcabcabcabcabc")), 5);
    EXPECT_EQ(timesRunning(bars("abcdabcd")), 2);
    EXPECT_EQ(timesRunning(bars("abcdeabcdeabcde")), 1);  // five bars are no loop
}

TEST(Loops, SilenceAloneIsNone) {
    EXPECT_EQ(timesRunning(bars("a        b")), 1);
    EXPECT_EQ(timesRunning(bars("a a a a a")), 4);  // the last pair has but one of its bars
}

TEST(Loops, ANoteThatDiffersDoesNotEndOne) {
    // Bars of ten eighths in 5/4 of which one differs: nine onsets of eleven are in both. With two, eight of twelve.
    const auto withDifferent = [](int different) {
        SongBuilder song;
        song.meter(0, {5, 4});
        for (int bar = 0; bar < 5; ++bar) {
            for (int eighth = 0; eighth < 10; ++eighth) {
                song.note(eighth < different ? 40 + bar : 60 + eighth, 0.5);
            }
        }
        return song.build();
    };
    EXPECT_EQ(timesRunning(withDifferent(1)), 5);
    EXPECT_EQ(timesRunning(withDifferent(2)), 1);
}

}  // namespace
}  // namespace ricercar
