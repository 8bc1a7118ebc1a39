#include "core/generate/sampler.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace ricercar {
namespace {

constexpr std::array<float, 4> logits = {0.0F, 1.0F, 2.0F, 3.0F};

std::array<int, 4> counts(double temperature, double topP, std::array<std::uint8_t, 4> mask, int draws = 20'000) {
    Sampler sampler(topP);
    Random random(1);
    std::array<int, 4> result{};
    for (int i = 0; i < draws; ++i) {
        ++result[sampler.draw(logits, mask, temperature, random)];
    }
    return result;
}

TEST(Sampler, FollowsTheSoftmax) {
    const auto drawn = counts(1.0, 1.0, {1, 1, 1, 1});
    const double total = 1 + std::exp(1) + std::exp(2) + std::exp(3);
    for (std::size_t token = 0; token < 4; ++token) {
        EXPECT_NEAR(drawn[token] / 20'000.0, std::exp(token) / total, 0.01);
    }
}

TEST(Sampler, NeverLeavesTheMask) {
    const auto drawn = counts(2.0, 1.0, {1, 0, 1, 0});
    EXPECT_EQ(drawn[1] + drawn[3], 0);
    EXPECT_NEAR(drawn[2] / 20'000.0, std::exp(1) / (1 + std::exp(1)), 0.01);
}

TEST(Sampler, TopPKeepsTheLikeliest) {
    const auto drawn = counts(1.0, 0.8, {1, 1, 1, 1});  // the two likeliest have 0.88 together
    EXPECT_EQ(drawn[0] + drawn[1], 0);
    EXPECT_GT(drawn[2], 0);
}

TEST(Sampler, ColdIsTheMaximum) {
    const auto drawn = counts(0.05, 1.0, {1, 1, 1, 0});
    EXPECT_EQ(drawn[2], 20'000);
}

}  // namespace
}  // namespace ricercar
