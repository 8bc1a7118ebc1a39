#include "core/train/schedule.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Schedule, EpochsAloneGoByStepsWhateverTheTime) {
    const Schedule schedule{.peak = 1, .lastStep = 200};
    EXPECT_DOUBLE_EQ(schedule.fraction(50, 1e6), 0.25);
    EXPECT_DOUBLE_EQ(schedule.fraction(200, 0), 1);
}

TEST(Schedule, MinutesAloneGoByTimeHoweverManySteps) {
    const Schedule schedule{.peak = 1, .lastStep = 200, .minutes = 2};
    EXPECT_DOUBLE_EQ(schedule.fraction(1000, 30), 0.25);
    EXPECT_DOUBLE_EQ(schedule.fraction(0, 500), 1);
}

TEST(Schedule, OfMinutesAndEpochsWhatComesFirstCounts) {
    const Schedule schedule{.peak = 1, .lastStep = 200, .minutes = 2, .epochsToo = true};
    EXPECT_DOUBLE_EQ(schedule.fraction(100, 30), 0.5);
    EXPECT_DOUBLE_EQ(schedule.fraction(100, 90), 0.75);
}

TEST(Schedule, WhatIsLeftIsNeverMoreThanTheMinutes) {
    const Schedule minutes{.peak = 1, .lastStep = 200, .minutes = 2, .epochsToo = true};
    EXPECT_DOUBLE_EQ(minutes.secondsLeft(0, 30), 90);
    EXPECT_DOUBLE_EQ(minutes.secondsLeft(100, 30), 30);
    EXPECT_DOUBLE_EQ(minutes.secondsLeft(0, 500), 0);
    const Schedule epochs{.peak = 1, .lastStep = 200};
    EXPECT_DOUBLE_EQ(epochs.secondsLeft(0, 0), 0);
    EXPECT_DOUBLE_EQ(epochs.secondsLeft(50, 10), 30);
}

TEST(Schedule, TheLearningRateRisesToItsPeakAndFallsToATwentieth) {
    const Schedule schedule{.peak = 2, .lastStep = 100'000};
    EXPECT_NEAR(schedule.learningRate(0, 0), 2.0 / 50, 1e-6);
    EXPECT_NEAR(schedule.learningRate(49, 0), 2, 1e-4);
    EXPECT_NEAR(schedule.learningRate(50'000, 0), 2 * (0.05 + 0.95 / 2), 1e-6);
    EXPECT_NEAR(schedule.learningRate(100'000, 0), 0.1, 1e-9);
}

}  // namespace
}  // namespace ricercar
