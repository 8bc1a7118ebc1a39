#include "core/base/random.h"

#include <array>

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Random, FirstNumbersNeverChange) {
    Random random(42);
    const std::array<std::uint64_t, 3> numbers = {random.next(), random.next(), random.next()};
    EXPECT_EQ(numbers,
              (std::array<std::uint64_t, 3>{15021278609987233951ULL, 5881210131331364753ULL, 18149643915985481100ULL}));
}

TEST(Random, StreamsOfOneSeedDiffer) {
    EXPECT_NE(Random::forStream(1, 0).next(), Random::forStream(1, 1).next());
    EXPECT_EQ(Random::forStream(1, 7).next(), Random::forStream(1, 7).next());
}

TEST(Random, BelowCoversItsRangeEvenly) {
    Random random(3);
    std::array<int, 6> counts{};
    for (int i = 0; i < 60'000; ++i) {
        ++counts[random.below(6)];
    }
    for (const int count : counts) {
        EXPECT_NEAR(count, 10'000, 400);
    }
}

TEST(Random, NormalHasUnitVariance) {
    Random random(4);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 50'000; ++i) {
        const double x = random.normal();
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / 50'000, 0.0, 0.02);
    EXPECT_NEAR(squares / 50'000, 1.0, 0.03);
}

}  // namespace
}  // namespace ricercar
