#include "core/audio/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/random_song.h"
#include "support/song_builder.h"

namespace ricercar {
namespace {

using Kind = PlannedEvent::Kind;

std::vector<PlannedEvent> eventsOf(const Plan& plan, Kind kind) {
    std::vector<PlannedEvent> found;
    std::copy_if(plan.events.begin(), plan.events.end(), std::back_inserter(found),
                 [&](const PlannedEvent& event) { return event.kind == kind; });
    return found;
}

Song songOf(Track track) {
    sortEvents(track);
    Song song;
    song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
    song.end = std::max(Tick{1920}, lastNoteEnd(song));
    return song;
}

TEST(Plan, TimesRunAcrossTempoChanges) {
    const Plan plan =
        makePlan(SongBuilder().tempo(0, 60).tempo(2, 120).note(60, 1).rest(2).note(62, 2).note(64, 1).build());
    const auto ons = eventsOf(plan, Kind::noteOn);
    ASSERT_EQ(ons.size(), 3U);
    EXPECT_DOUBLE_EQ(ons[0].seconds, 0.0);
    EXPECT_DOUBLE_EQ(ons[0].until, 1.0);
    EXPECT_DOUBLE_EQ(ons[1].seconds, 2.5);
    EXPECT_DOUBLE_EQ(ons[2].seconds, 3.5);
    EXPECT_DOUBLE_EQ(plan.endSeconds, 4.0);
    EXPECT_DOUBLE_EQ(plan.secondsAt(3.0), 2.5);
    EXPECT_DOUBLE_EQ(plan.quartersAt(2.5), 3.0);
    EXPECT_DOUBLE_EQ(plan.secondsAt(1.9995), 1.9995);
}

TEST(Plan, NoteEndsWhereTheNextOfItsPitchStarts) {
    const Plan plan = makePlan(SongBuilder().note(60, 4).rest(-3).note(60, 4).build());
    const auto offs = eventsOf(plan, Kind::noteOff);
    ASSERT_EQ(offs.size(), 2U);
    EXPECT_EQ(offs[0].tick, Tick{480});
    EXPECT_EQ(offs[1].tick, Tick{480 * 5});
    const auto on = std::find_if(plan.events.begin(), plan.events.end(), [](const PlannedEvent& event) {
        return event.kind == Kind::noteOn && event.tick == Tick{480};
    });
    ASSERT_NE(on, plan.events.end());
    EXPECT_LT(std::find(plan.events.begin(), plan.events.end(), offs[0]) - plan.events.begin(),
              on - plan.events.begin());
}

TEST(Plan, EveryNoteOfEverySongIsStruckAndReleasedInTurn) {
    Random random(7);
    for (int round = 0; round < 200; ++round) {
        const Plan plan = makePlan(randomSong(random));
        std::map<std::pair<int, int>, bool> sounding;
        double last = 0;
        for (const PlannedEvent& event : plan.events) {
            ASSERT_LE(last, event.seconds);
            last = event.seconds;
            if (event.kind == Kind::noteOn) {
                ASSERT_FALSE(std::exchange(sounding[{event.channel, event.number}], true));
                ASSERT_GT(event.until, event.seconds);
            } else if (event.kind == Kind::noteOff) {
                ASSERT_TRUE(std::exchange(sounding[{event.channel, event.number}], false));
            }
        }
        EXPECT_TRUE(std::none_of(sounding.begin(), sounding.end(), [](const auto& note) { return note.second; }));
    }
}

TEST(Plan, MoreThanSixteenTracksKeepTheirPatches) {
    SongBuilder builder;
    for (int program = 0; program < 40; ++program) {
        builder.track(program).note(60, 1);
    }
    const Plan plan = makePlan(builder.drums().note(36, 1).build());
    EXPECT_EQ(plan.patches.size(), 41U);
    std::map<int, Patch> patches;
    for (const PlannedEvent& event : eventsOf(plan, Kind::patch)) {
        patches[event.channel] = event.patch;
    }
    ASSERT_EQ(patches.size(), 41U);
    EXPECT_EQ(patches[39].program.midi(), 39);
    EXPECT_TRUE(patches[40].drums);
}

TEST(Plan, FirstProgramHoldsFromTheStartAndBankBelongsToIt) {
    Track track;
    track.notes.push_back({Tick{0}, TickDelta{480}, Pitch::clamped(60), Velocity::clamped(64)});
    track.controls = {{Tick{100}, 0, 8}, {Tick{100}, 32, 3}};
    track.programs = {{Tick{100}, Program::clamped(4)}, {Tick{200}, Program::clamped(5)}};
    const Plan plan = makePlan(songOf(track));
    const auto patches = eventsOf(plan, Kind::patch);
    ASSERT_EQ(patches.size(), 3U);
    EXPECT_EQ(patches[0].patch, (Patch{Program::clamped(4)}));
    EXPECT_EQ(patches[1].patch, (Patch{Program::clamped(4), false, 8}));
    EXPECT_EQ(patches[2].patch, (Patch{Program::clamped(5), false, 8}));
    EXPECT_TRUE(eventsOf(plan, Kind::control).empty());
}

TEST(Plan, TheEdgesOfAHiHatSoundLikeIt) {
    for (const bool drums : {true, false}) {
        Track track;
        track.channel = drums ? drumChannel : Channel::clamped(0);
        for (const int key : {22, 26, 38}) {
            track.notes.push_back({Tick{480 * key}, TickDelta{100}, Pitch::clamped(key), Velocity::clamped(90)});
        }
        const Plan plan = makePlan(songOf(track));
        for (const Kind kind : {Kind::noteOn, Kind::noteOff}) {
            const auto events = eventsOf(plan, kind);
            ASSERT_EQ(events.size(), 3U);
            EXPECT_EQ(events[0].number, drums ? 42 : 22);
            EXPECT_EQ(events[1].number, drums ? 46 : 26);
            EXPECT_EQ(events[2].number, 38);
        }
    }
}

TEST(Plan, ParameterZeroIsTheBendRangeAndOthersAreNotPlayed) {
    Track track;
    track.controls = {{Tick{0}, 101, 0},   {Tick{0}, 100, 0},  {Tick{0}, 6, 12},  {Tick{0}, 101, 127},
                      {Tick{0}, 100, 127}, {Tick{10}, 6, 99},  {Tick{20}, 99, 1}, {Tick{20}, 98, 8},
                      {Tick{20}, 6, 64},   {Tick{30}, 7, 100}, {Tick{40}, 123, 0}};
    const Plan plan = makePlan(songOf(track));
    const auto ranges = eventsOf(plan, Kind::bendRange);
    ASSERT_EQ(ranges.size(), 1U);
    EXPECT_EQ(ranges[0].value, 12);
    const auto controls = eventsOf(plan, Kind::control);
    ASSERT_EQ(controls.size(), 1U);
    EXPECT_EQ(controls[0].number, 7);
}

TEST(Plan, LanesTellWhatHoldsAtAnyMoment) {
    Track track;
    track.controls = {{Tick{480}, 7, 50}, {Tick{960}, 7, 90}};
    track.bends = {{Tick{480}, -100}};
    const Plan plan = makePlan(songOf(track));
    ASSERT_EQ(plan.lanes.size(), 3U);
    EXPECT_EQ(plan.lanes[0].kind, Kind::patch);
    EXPECT_EQ(plan.lanes[0].at(0)->patch, Patch{});
    EXPECT_EQ(plan.lanes[1].kind, Kind::control);
    EXPECT_EQ(plan.lanes[1].at(0.4), nullptr);
    EXPECT_EQ(plan.lanes[1].at(0.5)->value, 50);
    EXPECT_EQ(plan.lanes[1].at(9)->value, 90);
    EXPECT_EQ(plan.lanes[2].at(9)->value, -100);
}

TEST(Plan, ClicksFollowTheMetre) {
    const auto clicks =
        eventsOf(makePlan(SongBuilder().meter(0, {3, 4}).meter(3, {6, 8}).note(60, 6).build()), Kind::click);
    std::vector<std::pair<std::int64_t, bool>> found;
    for (const PlannedEvent& click : clicks) {
        found.emplace_back(click.tick.value, click.number == clicks.front().number);
    }
    const std::vector<std::pair<std::int64_t, bool>> expected{{0, true},     {480, false},  {960, false},
                                                              {1440, true},  {1680, false}, {1920, false},
                                                              {2160, false}, {2400, false}, {2640, false}};
    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace ricercar
