#include "core/audio/render.h"

#include <array>
#include <string>

#include <gmock/gmock.h>

#include "core/audio/sound_file.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"
#include "tests/core/audio/listening.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;

class RenderTest : public Listening {
protected:
    fs::path file(const char* name) const { return m_folder.path() / name; }
    std::size_t filesThere() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(m_folder.path()), {}));
    }

    TemporaryFolder m_folder;
};

TEST_F(RenderTest, PitchAndTimeOfEveryNoteAreHeard) {
    struct Expected {
        int pitch;
        double seconds;
    };
    // Two quarters at 60, then 150 a minute: notes half a second apart at least, with rests between them.
    const Song song = SongBuilder()
                          .track(0)
                          .tempo(0, 60)
                          .tempo(2, 150)
                          .note(60, 0.5, 100)
                          .rest(0.5)
                          .note(67, 0.5, 100)
                          .rest(0.5)
                          .note(72, 1, 100)
                          .rest(1.5)
                          .note(57, 1, 100)
                          .build();
    constexpr std::array<Expected, 4> notes{{{60, 0.0}, {67, 1.0}, {72, 2.0}, {57, 3.0}}};
    ASSERT_TRUE(renderToFile(song, file("song.wav"), testSoundFont()));
    const auto sound = readSound(file("song.wav"));
    ASSERT_GT(sound.size(), 3.4 * testRate);
    for (const Expected& note : notes) {
        const auto attack = between(sound, note.seconds - 0.05, note.seconds + 0.2);
        const double early = std::min(0.05, note.seconds);
        EXPECT_NEAR(onsetIn(attack), early, 0.010) << note.pitch;
        EXPECT_NEAR(pitchNear(between(sound, note.seconds + 0.02, note.seconds + 0.40), note.pitch), note.pitch, 0.10);
    }
}

TEST_F(RenderTest, EveryFormatHoldsTheSameMusic) {
    const Song song = SongBuilder().track(40).note(69, 2, 100).build();
    for (const char* name : {"a.wav", "b.flac", "c.OGG"}) {
        ASSERT_TRUE(renderToFile(song, file(name), testSoundFont())) << name;
        const auto sound = readSound(file(name));
        ASSERT_GT(sound.size(), testRate) << name;
        EXPECT_NEAR(pitchNear(between(sound, 0.2, 0.9), 69), 69, 0.10) << name;
    }
    EXPECT_EQ(filesThere(), 3U);
}

TEST_F(RenderTest, LastNoteDiesAway) {
    ASSERT_TRUE(renderToFile(SongBuilder().track(19).note(60, 1, 100).build(), file("a.wav"), testSoundFont()));
    const auto sound = readSound(file("a.wav"));
    const double seconds = static_cast<double>(sound.size()) / testRate;
    EXPECT_GT(seconds, 0.75);
    EXPECT_LT(seconds, 8);
    EXPECT_GT(peakOf(between(sound, 0.2, 0.5)), 0.02F);
    EXPECT_LT(peakOf(between(sound, seconds - 0.1, seconds)), 1e-3F);
}

TEST_F(RenderTest, TellsHowFarItIs) {
    double last = 0;
    ASSERT_TRUE(
        renderToFile(SongBuilder().note(60, 2).build(), file("a.wav"), testSoundFont(), [&](const Progress& progress) {
            EXPECT_GE(progress.fraction, last);
            last = progress.fraction;
        }));
    EXPECT_DOUBLE_EQ(last, 1);
}

TEST_F(RenderTest, StoppedRenderLeavesNothing) {
    std::stop_source source;
    const auto done = renderToFile(
        SongBuilder().note(60, 60).build(), file("a.wav"), testSoundFont(),
        [&](const Progress&) { source.request_stop(); }, source.get_token());
    EXPECT_FALSE(done);
    EXPECT_EQ(filesThere(), 0U);
}

TEST_F(RenderTest, FaultsAreNamed) {
    const Song song = SongBuilder().note(60, 1).build();
    const auto message = [](const Result<void>& result) { return result ? "" : result.error().message; };
    EXPECT_EQ(message(renderToFile(song, "a.mp3", testSoundFont())), "a.mp3: the name must end in .wav, .flac or .ogg");
    EXPECT_EQ(message(renderToFile(Song{}, file("a.wav"), testSoundFont())), "there are no notes to render");
    EXPECT_THAT(message(renderToFile(song, file("a.wav"), "/no/such.sf2")), testing::HasSubstr("/no/such.sf2"));
    for (const char* name : {"no/a.wav", "no/a.flac", "no/a.ogg"}) {
        EXPECT_EQ(message(renderToFile(song, file(name), testSoundFont())),
                  file(name).string() + ": cannot be written: No such file or directory");
    }
    const Song ages = SongBuilder().tempo(0, 4).rest(100'000).note(60, 1).build();
    EXPECT_THAT(message(renderToFile(ages, file("a.wav"), testSoundFont())), testing::HasSubstr("hours"));
    EXPECT_EQ(filesThere(), 0U);
}

TEST(SoundFormat, IsReadFromTheName) {
    EXPECT_EQ(soundFormatOf("a/b.wav"), SoundFormat::wav);
    EXPECT_EQ(soundFormatOf("b.Flac"), SoundFormat::flac);
    EXPECT_EQ(soundFormatOf(".ogg.mid"), std::nullopt);
    EXPECT_EQ(soundFormatOf("wav"), std::nullopt);
}

}  // namespace
}  // namespace ricercar
