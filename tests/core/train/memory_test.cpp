#include "core/train/memory.h"

#include <gtest/gtest.h>

#include "core/train/preset.h"

namespace ricercar {
namespace {

NetworkConfig house() {
    NetworkConfig config = findPreset("house")->network;
    config.vocabularySize = 823;
    return config;
}

TEST(Memory, IsToldByTheSystem) {
    EXPECT_GT(usedMemory(), 1'000'000);
    EXPECT_GT(availableMemory().value(), usedMemory() / 100);
}

TEST(Memory, WhatTheHousePresetWasSeenToTake) {
    // Megabytes at the peak of a step with so many windows of 1024 tokens.
    for (const auto& [windows, measured] : {std::pair{1, 362}, std::pair{4, 772}, std::pair{8, 1253}}) {
        const double estimated = static_cast<double>(trainingMemory(house(), windows * 1024)) / 1e6;
        EXPECT_GT(estimated, measured);
        EXPECT_LT(estimated, 1.3 * measured);
    }
}

TEST(Memory, ABatchIsComputedInPartsThatFit) {
    const auto most = [](double gigabytes) {
        return rowsAtOnce(house(), 1024, 4, static_cast<std::int64_t>(gigabytes * 1e9));
    };
    EXPECT_EQ(most(2), 4);
    for (int rows = 1; rows <= 3; ++rows) {
        EXPECT_EQ(rowsAtOnce(house(), 1024, 4, trainingMemory(house(), rows * 1024)), rows);
    }
    const auto tooLittle = most(0.3);
    ASSERT_FALSE(tooLittle);
    EXPECT_NE(tooLittle.error().message.find("may use 300"), std::string::npos) << tooLittle.error().message;
}

}  // namespace
}  // namespace ricercar
