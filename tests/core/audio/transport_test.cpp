#include "core/audio/transport.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Transport, CountsFramesWithoutDrift) {
    Transport transport(48000);
    transport.moveTo(1);
    for (int i = 0; i < 1'000'000; ++i) {
        transport.advance(48);
    }
    EXPECT_DOUBLE_EQ(transport.seconds(), 1001);
    EXPECT_EQ(transport.framesUntil(1001, 100), 0);
    EXPECT_EQ(transport.framesUntil(1000, 100), 0);
    EXPECT_EQ(transport.framesUntil(1001 + 10.0 / 48000, 100), 10);
    EXPECT_EQ(transport.framesUntil(1001 + 9.5 / 48000, 100), 10);
    EXPECT_EQ(transport.framesUntil(1e18, 100), 100);
}

TEST(Transport, SpeedChangesTimeNotThePlace) {
    Transport transport(1000);
    transport.advance(500);
    transport.setSpeed(2);
    EXPECT_DOUBLE_EQ(transport.seconds(), 0.5);
    transport.advance(500);
    EXPECT_DOUBLE_EQ(transport.seconds(), 1.5);
    EXPECT_EQ(transport.framesUntil(2.5, 10000), 500);
    transport.setSampleRate(500);
    EXPECT_EQ(transport.framesUntil(2.5, 10000), 250);
}

}  // namespace
}  // namespace ricercar
