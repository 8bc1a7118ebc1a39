#include "core/train/verdict.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Verdict, SaysWhatWasGained) {
    EXPECT_EQ(verdict(4.608, 3.52, "3 held-out pieces"),
              "Base model 4.61 -> yours 3.52 nats a note on 3 held-out pieces: each note surprises it 24 % less.");
}

TEST(Verdict, SaysThatNothingWasGained) {
    EXPECT_EQ(
        verdict(4.6, 4.6, "1 held-out piece"),
        "Base model 4.60 nats a note on 1 held-out piece: nothing that was learnt made it better, so it stays as it "
        "was.");
}

}  // namespace
}  // namespace ricercar
