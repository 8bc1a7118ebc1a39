#include "core/midi/channel_plan.h"

#include <gmock/gmock.h>

#include <set>

namespace ricercar {
namespace {

using testing::ElementsAre;

std::shared_ptr<const Track> track(int channel, int program, bool withNotes = true) {
    Track result;
    result.channel = Channel::clamped(channel);
    result.programs = {{Tick{0}, Program::clamped(program)}};
    if (withNotes) {
        result.notes = {{Tick{0}, TickDelta{1}, Pitch{}, Velocity{}}};
    }
    return std::make_shared<const Track>(result);
}

ChannelPlace place(int channel, int port = 0) { return {port, Channel::clamped(channel)}; }

std::vector<ChannelPlace> plan(std::vector<std::shared_ptr<const Track>> tracks) {
    Song song;
    song.tracks = std::move(tracks);
    return planChannels(song);
}

TEST(ChannelPlan, KeepsChannelsThatDoNotCollide) {
    EXPECT_THAT(plan({track(3, 1), track(9, 2), track(3, 1)}), ElementsAre(place(3), place(9), place(3)));
}

TEST(ChannelPlan, MovesALaterInstrumentToAChannelNobodyWants) {
    EXPECT_THAT(plan({track(0, 1), track(0, 2), track(0, 2), track(1, 3)}),
                ElementsAre(place(0), place(2), place(2), place(1)));
}

TEST(ChannelPlan, TracksWithoutNotesFollowTheirChannel) {
    EXPECT_THAT(plan({track(0, 7, false), track(0, 1), track(0, 2)}), ElementsAre(place(0), place(0), place(1)));
}

TEST(ChannelPlan, OtherDrumKitsTakeFurtherPorts) {
    EXPECT_THAT(plan({track(9, 1), track(9, 2)}), ElementsAre(place(9), place(9, 1)));
}

TEST(ChannelPlan, FortyInstrumentsHaveAPlaceEachAndNoneIsOnTheDrumChannel) {
    std::vector<std::shared_ptr<const Track>> tracks(40);
    for (int i = 0; i < 40; ++i) {
        tracks[static_cast<std::size_t>(i)] = track(0, i);
    }
    std::set<std::pair<int, int>> places;
    for (const ChannelPlace& taken : plan(tracks)) {
        EXPECT_NE(taken.channel, drumChannel);
        places.emplace(taken.port, taken.channel.midi());
    }
    EXPECT_EQ(places.size(), 40U);
}

}  // namespace
}  // namespace ricercar
