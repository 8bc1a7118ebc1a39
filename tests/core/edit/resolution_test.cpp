#include "core/edit/resolution.h"

#include <gtest/gtest.h>

#include "support/random_song.h"
#include "support/song_check.h"

namespace ricercar {
namespace {

TEST(Resolution, FinerAndBackIsTheSong) {
    Random random(1);
    for (int i = 0; i < 100; ++i) {
        Song song = randomSong(random);
        song.ticksPerQuarter = random.between(1, 1000);
        const Song finer = withResolution(song, song.ticksPerQuarter * random.between(1, 32));
        EXPECT_EQ(faultOf(finer), "");
        EXPECT_NEAR(lengthSeconds(finer), lengthSeconds(song), 1e-9);
        EXPECT_EQ(withResolution(finer, song.ticksPerQuarter), song);
    }
}

TEST(Resolution, CoarserRoundsAndLosesNoNote) {
    Song song;
    song.ticksPerQuarter = 480;
    song.tracks = {std::make_shared<const Track>(
        Track{"", {}, {{Tick{260}, TickDelta{1}, {}, {}}, {Tick{300}, TickDelta{0}, {}, {}}}, {}, {}, {}})};
    song.end = Tick{300};
    const Song coarse = withResolution(song, 2);
    EXPECT_EQ(coarse.tracks[0]->notes[0], (Note{Tick{1}, TickDelta{0}, {}, {}}));
    EXPECT_EQ(coarse.tracks[0]->notes[1], (Note{Tick{1}, TickDelta{1}, {}, {}}));
    EXPECT_EQ(coarse.end, Tick{2});
}

TEST(Resolution, SongsOfAnyLengthStayInRange) {
    Song song;
    song.ticksPerQuarter = 1;
    song.end = Tick{std::int64_t{1} << 60};
    EXPECT_GT(withResolution(song, 32767).end, song.end);
}

}  // namespace
}  // namespace ricercar
