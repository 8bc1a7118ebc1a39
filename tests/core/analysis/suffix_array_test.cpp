#include "core/analysis/suffix_array.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace ricercar {
namespace {

std::vector<std::int32_t> bySorting(std::span<const std::uint16_t> text) {
    std::vector<std::int32_t> order(text.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return std::lexicographical_compare(text.begin() + a, text.end(), text.begin() + b, text.end());
    });
    return order;
}

TEST(SuffixArray, IsTheOrderOfTheSuffixes) {
    Random random(1);
    for (int trial = 0; trial < 3000; ++trial) {
        const int symbols = 1 << random.between(0, 16);
        std::vector<std::uint16_t> text(random.below(200));
        for (auto& symbol : text) {
            symbol = static_cast<std::uint16_t>(random.between(0, symbols - 1));
        }
        EXPECT_EQ(suffixArray(text), bySorting(text)) << "trial " << trial;
    }
}

TEST(SuffixArray, OfPeriodicTexts) {
    for (std::size_t period = 1; period < 9; ++period) {
        std::vector<std::uint16_t> text;
        for (std::size_t place = 0; place < 300; ++place) {
            text.push_back(static_cast<std::uint16_t>(place % period * 7 % 5));
        }
        EXPECT_EQ(suffixArray(text), bySorting(text)) << "period " << period;
    }
}

}  // namespace
}  // namespace ricercar
