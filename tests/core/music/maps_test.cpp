#include <gtest/gtest.h>

#include "core/music/song.h"

namespace ricercar {
namespace {

TEST(TempoMap, TimeAddsUpAcrossChanges) {
    const TempoMap map(480, {tempoAt(Tick{0}, 60), tempoAt(Tick{960}, 120)});
    EXPECT_DOUBLE_EQ(map.secondsAt(Tick{480}), 1.0);
    EXPECT_DOUBLE_EQ(map.secondsAt(Tick{1440}), 2.5);
    EXPECT_DOUBLE_EQ(map.ticksAt(2.5), 1440.0);
    EXPECT_DOUBLE_EQ(map.quartersPerMinuteAt(Tick{959}), 60.0);
    EXPECT_DOUBLE_EQ(map.quartersPerMinuteAt(Tick{960}), 120.0);
}

TEST(TempoMap, IsAt120BeforeTheFirstChange) {
    const TempoMap map(100, {tempoAt(Tick{200}, 60)});
    EXPECT_DOUBLE_EQ(map.secondsAt(Tick{200}), 1.0);
    EXPECT_DOUBLE_EQ(map.secondsAt(Tick{300}), 2.0);
}

TEST(MeterMap, CountsBarsAndBeats) {
    const MeterMap map(480, {{Tick{0}, {3, 4}}, {Tick{2880}, {6, 8}}});
    EXPECT_EQ(map.positionAt(Tick{1440 + 490}), (BarPosition{1, 1, TickDelta{10}}));
    EXPECT_EQ(map.positionAt(Tick{2880 + 240}), (BarPosition{2, 1, TickDelta{0}}));
    EXPECT_EQ(map.barStart(3), Tick{2880 + 1440});
    EXPECT_EQ(map.meterOfBar(1), (Meter{3, 4}));
    EXPECT_EQ(map.meterOfBar(9), (Meter{6, 8}));
}

TEST(MeterMap, ChangeInsideABarCutsItShort) {
    const MeterMap map(480, {{Tick{0}, {4, 4}}, {Tick{480}, {4, 4}}});
    EXPECT_EQ(map.barStart(1), Tick{480});
    EXPECT_EQ(map.barStart(2), Tick{480 + 1920});
    EXPECT_EQ(map.barAt(Tick{479}), 0);
}

TEST(Key, NamesAndScales) {
    EXPECT_EQ((Key{2, Mode::minor}).text(), "D minor");
    EXPECT_TRUE((Key{2, Mode::minor}).contains(10));
    EXPECT_FALSE((Key{2, Mode::minor}).contains(11));
    EXPECT_EQ((KeyChange{{}, -3, false}).key(), (Key{3, Mode::major}));
    EXPECT_EQ((KeyChange{{}, -3, true}).key(), (Key{0, Mode::minor}));
    EXPECT_EQ((KeyChange{{}, 7, true}).key().text(), "Bb minor");
}

TEST(Pitch, CannotBeOutOfRange) {
    EXPECT_FALSE(Pitch::fromMidi(128));
    EXPECT_FALSE(Pitch::fromMidi(-1));
    EXPECT_FALSE(Velocity::fromMidi(0));
    EXPECT_EQ(pitchName(*Pitch::fromMidi(60)), "C4");
    EXPECT_EQ(drumName(*Pitch::fromMidi(36)), "Bass Drum 1");
    EXPECT_TRUE(isBlackKey(*Pitch::fromMidi(61)));
    EXPECT_FALSE(isBlackKey(*Pitch::fromMidi(64)));
}

TEST(Track, ProgramIsTheOneInForceAtTheFirstNote) {
    Track track;
    track.notes = {{Tick{100}, TickDelta{10}, Pitch::clamped(60), Velocity::clamped(64)}};
    track.programs = {
        {Tick{0}, Program::clamped(3)}, {Tick{100}, Program::clamped(5)}, {Tick{101}, Program::clamped(9)}};
    EXPECT_EQ(track.program().midi(), 5);
}

TEST(Song, CountsStartedBars) {
    Song song;
    EXPECT_EQ(barCount(song), 0);
    song.end = Tick{1921};
    EXPECT_EQ(barCount(song), 2);
    EXPECT_NEAR(lengthSeconds(song), 2.001, 0.001);
}

}  // namespace
}  // namespace ricercar
