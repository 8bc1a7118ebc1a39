#include "core/music/compass.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Compass, EverySoundHasAnOctaveAtLeast) {
    for (int program = 0; program < 128; ++program) {
        const Compass compass = compassOf(Program::clamped(program));
        EXPECT_GE(compass.highest.midi() - compass.lowest.midi(), 12) << programName(Program::clamped(program));
    }
}

TEST(Compass, InstrumentsHaveTheirOpenStrings) {
    EXPECT_EQ(pitchName(compassOf(Program::clamped(40)).lowest), "G3");  // violin
    EXPECT_EQ(pitchName(compassOf(Program::clamped(42)).lowest), "C2");  // cello
    EXPECT_EQ(pitchName(compassOf(Program::clamped(32)).lowest), "E1");  // bass
    EXPECT_EQ(pitchName(compassOf(Program::clamped(73)).lowest), "C4");  // flute
}

}  // namespace
}  // namespace ricercar
