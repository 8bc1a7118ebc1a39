#include "core/base/ring.h"

#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Ring, FullRingLeavesTheItemAlone) {
    Ring<std::unique_ptr<int>, 2> ring;
    EXPECT_TRUE(ring.push(std::make_unique<int>(1)));
    EXPECT_TRUE(ring.push(std::make_unique<int>(2)));
    auto third = std::make_unique<int>(3);
    EXPECT_FALSE(ring.push(std::move(third)));
    EXPECT_NE(third, nullptr);
    EXPECT_EQ(**ring.pop(), 1);
    EXPECT_TRUE(ring.push(std::move(third)));
}

TEST(Ring, KeepsOrderBetweenThreads) {
    Ring<int, 64> ring;
    constexpr int count = 100'000;
    std::jthread writer([&] {
        for (int i = 0; i < count;) {
            i += ring.push(int{i}) ? 1 : 0;
        }
    });
    for (int expected = 0; expected < count;) {
        if (const auto item = ring.pop()) {
            ASSERT_EQ(*item, expected++);
        }
    }
    EXPECT_FALSE(ring.pop());
}

}  // namespace
}  // namespace ricercar
