#include "core/train/copying.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Copying, IsToldInASentence) {
    Copying copying;
    copying.drawn = 3;
    copying.longest.notes = 12;
    copying.longest.pieceFirstBar = 4;
    copying.longest.pieceLastBar = 6;
    copying.source = "tune.mid";
    copying.share = 0.104;
    copying.realLongest = 9;
    copying.realShare = 0.02;
    EXPECT_EQ(
        describe(copying),
        "In 3 samples of 16 bars the longest run that the music it learned from has too is of 12 notes (tune.mid, "
        "bars 5 to 7), and 10 % of the notes are in runs of 8 or more; of the held-out music itself 9 notes and "
        "2 %.");
}

TEST(Copying, OfNothingIsSaidToBeNothing) {
    Copying copying;
    copying.drawn = 1;
    copying.longest.notes = 7;
    EXPECT_EQ(describe(copying),
              "In 1 sample of 16 bars there is no run of 8 notes that the music it learned from has.");
}

}  // namespace
}  // namespace ricercar
