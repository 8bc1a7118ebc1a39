#include "core/train/thread_choice.h"

#include <map>

#include <gtest/gtest.h>

namespace ricercar {
namespace {

int chosenFrom(const std::map<int, double>& seconds) {
    return fastestThreads(seconds.rbegin()->first, [&](int threads) { return seconds.at(threads); });
}

TEST(ThreadChoice, TakesThreadsAsLongAsTheyPay) {
    EXPECT_EQ(chosenFrom({{1, 1.0}}), 1);
    EXPECT_EQ(chosenFrom({{1, 1.0}, {2, 0.55}}), 2);
    EXPECT_EQ(chosenFrom({{1, 1.0}, {2, 0.55}, {4, 0.3}, {6, 0.22}}), 6);
    EXPECT_EQ(chosenFrom({{1, 1.0}, {2, 0.55}, {4, 0.5}, {8, 0.1}}), 2);
    EXPECT_EQ(chosenFrom({{1, 1.0}, {2, 4.0}}), 1);
}

}  // namespace
}  // namespace ricercar
