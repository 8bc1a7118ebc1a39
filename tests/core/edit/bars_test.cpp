#include "core/edit/bars.h"

#include <gmock/gmock.h>

#include "support/random_song.h"
#include "support/song_check.h"

namespace ricercar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t bar = 1920;

Note note(std::int64_t onset, std::int64_t duration, int pitch = 60) {
    return {Tick{onset}, TickDelta{duration}, Pitch::clamped(pitch), Velocity::clamped(64)};
}

std::shared_ptr<const Track> track(std::vector<Note> notes, int program = 0) {
    return std::make_shared<const Track>(
        Track{"", {}, std::move(notes), {{Tick{0}, Program::clamped(program)}}, {}, {}});
}

Song song(std::vector<std::shared_ptr<const Track>> tracks, std::int64_t end) {
    return {480, "", std::move(tracks), {}, {}, {}, Tick{end}};
}

TEST(BarsOf, CutsNotesAtBothEnds) {
    const Song whole =
        song({track({note(0, bar), note(bar - 10, 20), note(bar + 5, 0), note(2 * bar - 7, 70), note(2 * bar, 5)})},
             3 * bar);
    const Song part = barsOf(whole, 1, 1);
    EXPECT_THAT(part.tracks[0]->notes, ElementsAre(note(0, 10), note(5, 0), note(bar - 7, 7)));
    EXPECT_EQ(part.end, Tick{bar});
}

TEST(WholeBars, EndBeforeTheBarOfTheLastOnset) {
    EXPECT_EQ(wholeBars({}), 0);
    EXPECT_EQ(wholeBars(song({track({note(0, 3 * bar)})}, 3 * bar)), 0);
    EXPECT_EQ(wholeBars(song({track({note(0, 10), note(2 * bar, 10)}), track({note(bar, 10)})}, 3 * bar)), 2);
    EXPECT_EQ(wholeBars(song({track({note(2 * bar - 1, 10)})}, 2 * bar + 9)), 1);
}

TEST(BarsOf, StatesWhatIsInForceAtItsStart) {
    Song whole = song({}, 4 * bar);
    whole.tempi = {tempoAt(Tick{0}, 60), tempoAt(Tick{100}, 70), tempoAt(Tick{3000}, 80), tempoAt(Tick{4000}, 90)};
    whole.meters = {{Tick{0}, {4, 4}}, {Tick{2 * bar}, {3, 4}}};
    whole.keys = {{Tick{7}, 2, false}};
    whole.tracks = {std::make_shared<const Track>(
        Track{"",
              {},
              {},
              {{Tick{0}, Program::clamped(1)}, {Tick{bar}, Program::clamped(2)}, {Tick{bar + 1}, Program::clamped(3)}},
              {{Tick{0}, 7, 100}, {Tick{1}, 64, 127}, {Tick{2}, 7, 90}, {Tick{bar + 9}, 64, 0}},
              {{Tick{3}, 500}}})};
    const Song part = barsOf(whole, 1, 1);
    EXPECT_THAT(part.tempi, ElementsAre(tempoAt(Tick{0}, 70), tempoAt(Tick{3000 - bar}, 80)));
    EXPECT_THAT(part.meters, ElementsAre(MeterChange{Tick{0}, {4, 4}}));
    EXPECT_THAT(part.keys, ElementsAre(KeyChange{Tick{0}, 2, false}));
    const Track& only = *part.tracks[0];
    EXPECT_THAT(only.programs,
                ElementsAre(ProgramChange{Tick{0}, Program::clamped(2)}, ProgramChange{Tick{1}, Program::clamped(3)}));
    EXPECT_THAT(only.controls, ElementsAre(ControlChange{Tick{0}, 7, 90}, ControlChange{Tick{0}, 64, 127},
                                           ControlChange{Tick{9}, 64, 0}));
    EXPECT_THAT(only.bends, ElementsAre(PitchBend{Tick{0}, 500}));
}

TEST(BarsOf, BeyondTheEndAreEmptyBars) {
    const Song part = barsOf(song({track({note(0, 10)})}, 10), 2, 3);
    EXPECT_EQ(part.end, Tick{2 * bar});
    EXPECT_THAT(part.tracks[0]->notes, IsEmpty());
}

TEST(BarsOf, OfRandomSongsAreValidAndKeepTheirBarsAndTempi) {
    Random random(1);
    for (int i = 0; i < 200; ++i) {
        const Song whole = randomSong(random);
        const MeterMap bars = meterMap(whole);
        const int first = random.between(0, 5);
        const int last = first + random.between(0, 5);
        const Song part = barsOf(whole, first, last);
        ASSERT_EQ(faultOf(part), "");
        EXPECT_EQ(barCount(part), last - first + 1);
        for (int b = 0; b <= last - first; ++b) {
            EXPECT_EQ(meterMap(part).barStart(b) - Tick{}, bars.barStart(first + b) - bars.barStart(first));
        }
        EXPECT_NEAR(
            lengthSeconds(part),
            tempoMap(whole).secondsAt(bars.barStart(last + 1)) - tempoMap(whole).secondsAt(bars.barStart(first)), 1e-6);
    }
}

TEST(Joined, BeginsOnTheNextBarLine) {
    const Song both = joined(song({track({note(0, 100)})}, bar + 1), song({track({note(5, 10)})}, 20));
    ASSERT_THAT(both.tracks, SizeIs(1));
    EXPECT_THAT(both.tracks[0]->notes, ElementsAre(note(0, 100), note(2 * bar + 5, 10)));
    EXPECT_EQ(both.end, Tick{2 * bar + 20});
}

TEST(Joined, BringsResolutionsToTheirLeastCommonMultiple) {
    Song a = song({track({note(2, 4)})}, 16);
    a.ticksPerQuarter = 4;
    Song b = song({track({note(3, 6)})}, 9);
    b.ticksPerQuarter = 6;
    const Song both = joined(a, b);
    EXPECT_EQ(both.ticksPerQuarter, 12);
    EXPECT_THAT(both.tracks[0]->notes, ElementsAre(note(6, 12), note(48 + 6, 12)));

    a.ticksPerQuarter = 32767;
    EXPECT_EQ(joined(a, b).ticksPerQuarter, 32767);
}

TEST(Joined, OnlyTracksOfOneSoundContinueEachOther) {
    auto drums = *track({note(0, 10)});
    drums.channel = drumChannel;
    const Song a = song({track({note(0, 10)}, 5), track({note(0, 10)}, 5), track({note(0, 10)}, 6)}, bar);
    const Song b = song({track({note(0, 20)}, 6), track({note(0, 20)}, 5), std::make_shared<const Track>(drums)}, bar);
    const Song both = joined(a, b);
    ASSERT_THAT(both.tracks, SizeIs(4));
    EXPECT_THAT(both.tracks[0]->notes, SizeIs(2));
    EXPECT_EQ(both.tracks[1], a.tracks[1]) << "untouched, so shared";
    EXPECT_THAT(both.tracks[2]->notes, SizeIs(2));
    EXPECT_TRUE(both.tracks[3]->isDrums());
}

TEST(Joined, TheFirstSongLeavesNothingBehind) {
    Song a =
        song({std::make_shared<const Track>(Track{"",
                                                  {},
                                                  {note(0, 10)},
                                                  {{Tick{0}, Program::clamped(1)}, {Tick{50}, Program::clamped(2)}},
                                                  {{Tick{0}, 64, 127}},
                                                  {{Tick{0}, 100}}})},
             bar);
    a.tempi = {tempoAt(Tick{0}, 60)};
    a.meters = {{Tick{0}, {2, 4}}};
    const Song both = joined(a, song({track({note(0, 10)}, 1)}, bar));
    EXPECT_EQ(tempoMap(both).quartersPerMinuteAt(Tick{bar}), 120.0);
    EXPECT_EQ(meterMap(both).meterOfBar(2), (Meter{4, 4}));
    const Track& only = *both.tracks[0];
    EXPECT_EQ(only.programs.back(), (ProgramChange{Tick{bar}, Program::clamped(1)}));
    EXPECT_EQ(only.controls.back(), (ControlChange{Tick{bar}, 64, 0}));
    EXPECT_EQ(only.bends.back(), (PitchBend{Tick{bar}, 0}));
}

TEST(Joined, KeepsAllNotesTimesAndBarsOfRandomSongs) {
    Random random(2);
    for (int i = 0; i < 200; ++i) {
        const Song a = randomSong(random);
        Song b = randomSong(random);
        b.ticksPerQuarter = a.ticksPerQuarter;
        const Song both = joined(a, b);
        ASSERT_EQ(faultOf(both), "");
        EXPECT_EQ(noteCount(both), noteCount(a) + noteCount(b));
        EXPECT_EQ(barCount(both), barCount(a) + barCount(b));
        const Tick start = meterMap(a).barStart(barCount(a));
        EXPECT_NEAR(lengthSeconds(both), tempoMap(a).secondsAt(start) + lengthSeconds(b), 1e-6);
    }
}

}  // namespace
}  // namespace ricercar
