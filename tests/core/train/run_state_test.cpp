#include <gtest/gtest.h>

#include "core/train/run_directory.h"

namespace ricercar {
namespace {

TEST(RunState, PatienceBeginsWithWhatWasLearntNotWithTheBase) {
    RunState state;
    EXPECT_TRUE(state.judged(4.1)) << "the base";
    for (const auto& [step, nats, best, waiting] :
         {std::tuple(100, 4.4, false, 0), std::tuple(200, 4.3, false, 0), std::tuple(300, 4.35, false, 1),
          std::tuple(400, 4.31, false, 2), std::tuple(500, 4.2, false, 0), std::tuple(600, 4.05, true, 0),
          std::tuple(700, 4.06, false, 1)}) {
        state.step = step;
        EXPECT_EQ(state.judged(nats), best) << step;
        EXPECT_EQ(state.sinceLowest, waiting) << step;
        EXPECT_EQ(state.judgedStep, step);
    }
    EXPECT_EQ(state.baseNatsPerNote, 4.1);
    EXPECT_EQ(state.bestNatsPerNote, 4.05);
}

TEST(RunState, FromScratchTheFirstJudgedIsTheBest) {
    RunState state;
    state.step = 50;
    EXPECT_TRUE(state.judged(6.0));
    EXPECT_FALSE(state.baseNatsPerNote);
    EXPECT_FALSE(state.judged(6.0));
    EXPECT_EQ(state.sinceLowest, 1);
}

}  // namespace
}  // namespace ricercar
