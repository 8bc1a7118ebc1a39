#include "core/music/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Names, EveryKeyIsReadAsItIsWritten) {
    for (int tonic = 0; tonic < 12; ++tonic) {
        for (const Mode mode : {Mode::major, Mode::minor}) {
            const Key key{tonic, mode};
            EXPECT_EQ(keyFromText(key.text()).value(), key);
        }
    }
    EXPECT_EQ(keyFromText("cb MAJOR").value(), (Key{11, Mode::major}));
    EXPECT_EQ(keyFromText("b# minor").value(), (Key{0, Mode::minor}));
    EXPECT_EQ(keyFromText("Bb minor").value(), (Key{10, Mode::minor}));
}

TEST(Names, EveryPitchIsReadAsItIsWritten) {
    for (int midi = 0; midi < 128; ++midi) {
        EXPECT_EQ(pitchFromText(pitchName(Pitch::clamped(midi))).value().midi(), midi);
        EXPECT_EQ(pitchFromText(std::to_string(midi)).value().midi(), midi);
    }
    EXPECT_EQ(pitchFromText("bb3").value().midi(), 58);
    EXPECT_EQ(pitchFromText("Cb4").value().midi(), 59);
    EXPECT_EQ(pitchFromText("B#3").value().midi(), 60);
}

TEST(Names, WhatIsNoNameIsSaid) {
    for (const char* text : {"", "D", "H major", "D  minor", "Dminor", "D minor ", "##minor", "seed"}) {
        EXPECT_THAT(keyFromText(text).error().message, testing::StartsWith("\"" + std::string(text) + "\" is no key"));
    }
    for (const char* text : {"", "C", "C10", "G#9", "Cb-1", "128", "-1", "60.5", "C4x"}) {
        EXPECT_THAT(pitchFromText(text).error().message, testing::HasSubstr("is no pitch")) << text;
    }
}

}  // namespace
}  // namespace ricercar
