#include "core/edit/transpose.h"

#include <gtest/gtest.h>

#include "support/random_song.h"
#include "support/song_check.h"

namespace ricercar {
namespace {

int transposedPitch(int pitch, int semitones) {
    Song song;
    song.tracks = {
        std::make_shared<const Track>(Track{"", {}, {{Tick{}, TickDelta{}, Pitch::clamped(pitch), {}}}, {}, {}, {}})};
    return transposed(song, semitones).tracks[0]->notes[0].pitch.midi();
}

TEST(Transposed, PitchesFoldByOctavesAtTheEnds) {
    EXPECT_EQ(transposedPitch(60, 5), 65);
    EXPECT_EQ(transposedPitch(120, 7), 127);
    EXPECT_EQ(transposedPitch(120, 8), 116);
    EXPECT_EQ(transposedPitch(3, -5), 10);
    EXPECT_EQ(transposedPitch(60, 300), 120);
    EXPECT_EQ(transposedPitch(60, -301), 11);
}

TEST(Transposed, KeysGoAlong) {
    Song song;
    song.keys = {{Tick{0}, -7, true}, {Tick{1}, 0, false}};
    EXPECT_EQ(transposed(song, 1).keys[0].key(), (Key{9, Mode::minor}));
    EXPECT_EQ(transposed(song, 2).keys[1], (KeyChange{Tick{1}, 2, false}));
    EXPECT_EQ(transposed(song, -2).keys[1], (KeyChange{Tick{1}, -2, false}));
    EXPECT_EQ(transposed(song, 12).keys, song.keys);
}

TEST(Transposed, ThereAndBackIsTheSongAndDrumsAreShared) {
    Random random(1);
    for (int i = 0; i < 100; ++i) {
        const Song song = randomSong(random);
        const int semitones = random.between(-40, 40);
        const Song moved = transposed(song, semitones);
        EXPECT_EQ(faultOf(moved), "");
        EXPECT_EQ(transposed(moved, -semitones), song);
        for (std::size_t t = 0; t < song.tracks.size(); ++t) {
            EXPECT_EQ(moved.tracks[t] == song.tracks[t],
                      song.tracks[t]->isDrums() || song.tracks[t]->notes.empty() || semitones == 0);
        }
    }
}

}  // namespace
}  // namespace ricercar
