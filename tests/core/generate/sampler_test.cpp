#include "core/generate/sampler.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace ricercar {
namespace {

using Mask = std::array<std::uint8_t, 4>;
constexpr std::array<float, 4> logits = {0.0F, 1.0F, 2.0F, 3.0F};
constexpr std::array<TokenKind, 4> oneKind = {TokenKind::pitch, TokenKind::pitch, TokenKind::pitch, TokenKind::pitch};
constexpr std::array<TokenKind, 4> twoKinds = {TokenKind::rhythm, TokenKind::rhythm, TokenKind::pitch,
                                               TokenKind::pitch};
const double e = std::exp(1.0);

/// How often each token is drawn.
std::array<double, 4> shares(const Sampling& sampling, std::span<const TokenKind> kinds = oneKind,
                             Mask mask = {1, 1, 1, 1}) {
    constexpr int draws = 20'000;
    Sampler sampler(kinds);
    Random random(1);
    std::array<double, 4> result{};
    for (int i = 0; i < draws; ++i) {
        result[sampler.draw(logits, mask, sampling, random)] += 1.0 / draws;
    }
    return result;
}

Sampling heated(double temperature) { return {{temperature, temperature, temperature, temperature}, 0, 1}; }

TEST(Sampler, FollowsTheSoftmaxWhateverTheKinds) {
    const double total = 1 + e + e * e + e * e * e;
    for (const auto& kinds : {oneKind, twoKinds}) {
        const auto drawn = shares({}, kinds);
        for (std::size_t token = 0; token < 4; ++token) {
            EXPECT_NEAR(drawn[token], std::exp(token) / total, 0.01);
        }
    }
}

TEST(Sampler, NeverLeavesTheMask) {
    const auto drawn = shares(heated(2), oneKind, {1, 0, 1, 0});
    EXPECT_EQ(drawn[1] + drawn[3], 0);
    EXPECT_NEAR(drawn[2], e / (1 + e), 0.01);
}

TEST(Sampler, TopPKeepsTheLikeliest) {
    const auto drawn = shares({{1, 1, 1, 1}, 0, 0.8});  // the two likeliest have 0.88 together
    EXPECT_EQ(drawn[0] + drawn[1], 0);
    EXPECT_NEAR(drawn[2], 1 / (1 + e), 0.01);
}

TEST(Sampler, MinPLeavesOutWhatIsLessLikelyByItsFactor) {
    // Against the likeliest the four have e^-3 = 0.050, e^-2 = 0.135, e^-1 = 0.368 and 1.
    EXPECT_GT(shares({{1, 1, 1, 1}, 0.049, 1})[0], 0);
    const auto three = shares({{1, 1, 1, 1}, 0.051, 1});
    EXPECT_EQ(three[0], 0);
    EXPECT_NEAR(three[1], 1 / (1 + e + e * e), 0.01);
    const auto two = shares({{1, 1, 1, 1}, 0.2, 1});
    EXPECT_EQ(two[0] + two[1], 0);
    EXPECT_NEAR(two[2], 1 / (1 + e), 0.01);
    EXPECT_NEAR(shares({{1, 1, 1, 1}, 1, 1})[3], 1, 1e-9);
}

TEST(Sampler, HeatDoesNotBringBackWhatWasLeftOut) {
    const auto drawn = shares({{9, 9, 9, 9}, 0.2, 1});
    EXPECT_EQ(drawn[0] + drawn[1], 0);
    EXPECT_NEAR(drawn[2], 1 / (1 + std::exp(1.0 / 9)), 0.01);
}

TEST(Sampler, EachKindHasItsOwnTemperature) {
    // Cold rhythm, hot pitch: the kinds keep their shares, (1 + e) : (e^2 + e^3), as structure has temperature 1.
    const auto drawn = shares({{1, 0.01, 100, 1}, 0, 1}, twoKinds);
    const double rhythm = 1 / (1 + e * e);
    EXPECT_EQ(drawn[0], 0);
    EXPECT_NEAR(drawn[1], rhythm, 0.01);
    EXPECT_NEAR(drawn[2], (1 - rhythm) / 2, 0.01);
    EXPECT_NEAR(drawn[3], (1 - rhythm) / 2, 0.01);
}

TEST(Sampler, StructureDecidesBetweenTheKinds) {
    const auto drawn = shares({{0.5, 1, 1, 1}, 0, 1}, twoKinds);
    EXPECT_NEAR(drawn[0] + drawn[1], 1 / (1 + std::exp(4)), 0.01);
    EXPECT_NEAR(drawn[2] / drawn[3], 1 / e, 0.02);
}

TEST(Sampler, AMaskDoesNotMakeAKindRarer) {
    const auto drawn = shares({}, twoKinds, {1, 1, 1, 0});
    const double total = 1 + e + e * e + e * e * e;
    EXPECT_NEAR(drawn[2], (e * e + e * e * e) / total, 0.01) << "stands in for the other of its kind";
    EXPECT_NEAR(drawn[0], 1 / total, 0.01);
    const auto other = shares({}, twoKinds, {1, 1, 0, 0});
    EXPECT_NEAR(other[0], 1 / (1 + e), 0.01) << "a kind that is not allowed takes nothing with it";
}

TEST(Sampler, MinPDoesNotThinOutAKindOfManyTokens) {
    // Each of the three pitches is rare beside the bar line, not beside the others.
    constexpr std::array<TokenKind, 4> kinds = {TokenKind::pitch, TokenKind::pitch, TokenKind::pitch,
                                                TokenKind::structure};
    const auto drawn = shares({{1, 1, 1, 1}, 0.06, 1}, kinds);
    EXPECT_NEAR(drawn[0], 1 / (1 + e + e * e + e * e * e), 0.005);
}

TEST(Sampler, ColdIsTheMaximum) { EXPECT_NEAR(shares(heated(0.01), oneKind, {1, 1, 1, 0})[2], 1, 1e-9); }

}  // namespace
}  // namespace ricercar
