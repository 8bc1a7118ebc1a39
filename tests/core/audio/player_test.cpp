#include "core/audio/player.h"

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <thread>

#include "support/song_builder.h"
#include "support/temporary_folder.h"
#include "tests/core/audio/listening.h"
#include "tests/core/audio/scoped_environment.h"

namespace ricercar {
namespace {

/// Looks until it is so, for at most twenty seconds.
bool eventually(const std::function<bool()>& isSo) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!isSo()) {
        if (std::chrono::steady_clock::now() > limit) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

std::shared_ptr<const Song> shared(const SongBuilder& builder) { return std::make_shared<const Song>(builder.build()); }

std::unique_ptr<Player> silentPlayer() { return Player::create({{}, "silent"}); }

TEST(SilentPlayer, ClockMovesThePlayheadAndStopsAtTheEnd) {
    const auto player = silentPlayer();
    const std::string first = player->outputName();
    EXPECT_EQ(first, player->opening() || first != "silent" ? "opening the sound device" : "silent");
    player->setSong(shared(SongBuilder().note(60, 1)));
    player->play();
    EXPECT_TRUE(player->playing());
    ASSERT_TRUE(eventually([&] { return player->position() > Tick{100}; }));
    ASSERT_TRUE(eventually([&] { return !player->playing(); }));
    EXPECT_GE(player->position(), Tick{480});
    EXPECT_LT(player->position(), Tick{500});
    EXPECT_FALSE(player->opening());
    EXPECT_FALSE(player->hasSound());
    EXPECT_EQ(player->outputName(), "silent");
}

TEST(SilentPlayer, ShowsWhatWasAskedForAtOnce) {
    const auto player = silentPlayer();
    player->setSong(shared(SongBuilder().note(60, 8)));
    player->locate(Tick{961});
    EXPECT_EQ(player->position(), Tick{961});
    player->play();
    EXPECT_TRUE(player->playing());
    player->locate(Tick{1921});
    player->stop();
    EXPECT_FALSE(player->playing());
    EXPECT_EQ(player->position(), Tick{1921});
    player->locate(Tick{-5});
    EXPECT_EQ(player->position(), Tick{0});
}

TEST(SilentPlayer, EveryTickComesBackAsItWasGiven) {
    const auto player = silentPlayer();
    for (const int ticksPerQuarter : {1, 96, 480, 32767}) {
        Song song = SongBuilder().tempo(0, 133).note(60, 400).build();
        song.ticksPerQuarter = ticksPerQuarter;
        player->setSong(std::make_shared<const Song>(song));
        for (const std::int64_t tick : {0, 1, 7, 479, 12345, 99999}) {
            player->locate(Tick{tick});
            EXPECT_EQ(player->position(), Tick{tick});
        }
    }
}

TEST(SilentPlayer, LoopGoesRound) {
    const auto player = silentPlayer();
    player->setSong(shared(SongBuilder().note(60, 8)));
    player->setLoop(TickRange{Tick{480}, Tick{600}});
    player->locate(Tick{480});
    player->play();
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(eventually([&] { return player->position() >= Tick{540}; }));
        ASSERT_TRUE(eventually([&] { return player->position() < Tick{540}; }));
    }
    EXPECT_GE(player->position(), Tick{480});
    EXPECT_TRUE(player->playing());
}

TEST(SilentPlayer, SpeedChangesThePace) {
    const auto player = silentPlayer();
    player->setSong(shared(SongBuilder().note(60, 100)));
    player->setSpeed(10);
    player->play();
    ASSERT_TRUE(eventually([&] { return player->position() > Tick{0}; }));
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(eventually([&] { return player->position() > Tick{24'000}; }));  // 25 s at its own speed
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(12));
}

TEST(SilentPlayer, UnknownDriverIsNamed) {
    const auto player = Player::create({{}, "gramophone"});
    ASSERT_TRUE(eventually([&] { return !player->opening(); }));
    EXPECT_EQ(player->outputName(), "there is no audio driver \"gramophone\": silent");
    EXPECT_FALSE(player->hasSound());
}

class FilePlayer : public Listening {
protected:
    /// A player whose sound goes to `m_file`.
    std::unique_ptr<Player> open(const std::filesystem::path& font = testSoundFont()) const {
        auto player = Player::create({font, ""});
        EXPECT_TRUE(eventually([&] { return !player->opening(); }));
        return player;
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder.path() / "heard.wav";
    ScopedEnvironment m_font{"RICERCAR_SOUNDFONT", ""};
    ScopedEnvironment m_driver{"RICERCAR_AUDIO_DRIVER", "file"};
    ScopedEnvironment m_path{"RICERCAR_AUDIO_FILE", m_file};
};

TEST_F(FilePlayer, HearsTheSong) {
    auto player = open();
    EXPECT_TRUE(player->hasSound());
    EXPECT_EQ(player->outputName(), "FluidSynth - " + testSoundFont().stem().string());
    player->setSong(shared(SongBuilder().track(0).note(60, 1, 100).note(67, 1, 100)));
    player->play();
    ASSERT_TRUE(eventually([&] { return !player->playing(); }));
    EXPECT_GT(player->levels()[0], 0.001F);
    player.reset();
    const auto sound = readSound(m_file);
    const double start = onsetIn(sound);
    EXPECT_NEAR(pitchNear(between(sound, start + 0.02, start + 0.45), 60), 60, 0.10);
    EXPECT_NEAR(pitchNear(between(sound, start + 0.52, start + 0.95), 67), 67, 0.10);
}

TEST_F(FilePlayer, FileCanBeReadWhilePlaying) {
    const auto player = open();
    player->noteOn(Patch{}, Pitch::clamped(69), Velocity::clamped(100));
    ASSERT_TRUE(eventually([&] { return peakOf(readSound(m_file)) > 0.01F; }));
    player->noteOff(Patch{}, Pitch::clamped(69));
    player->panic();
}

TEST_F(FilePlayer, SongWithNewPatchesPlaysFromItsFirstNote) {
    auto player = open();
    player->setSong(shared(SongBuilder().track(56).note(69, 1, 100)));
    player->play();
    ASSERT_TRUE(eventually([&] { return !player->playing(); }));
    player.reset();
    const auto sound = readSound(m_file);
    const double start = onsetIn(sound);
    EXPECT_NEAR(pitchNear(between(sound, start + 0.05, start + 0.45), 69), 69, 0.10);
}

TEST_F(FilePlayer, BrokenFontIsNamedAndAnotherCanBeSet) {
    const auto player = open(RICERCAR_SOURCE_DIR "/CMakeLists.txt");
    EXPECT_FALSE(player->hasSound());
    EXPECT_THAT(player->outputName(), testing::HasSubstr("CMakeLists.txt"));
    player->setSoundFont(testSoundFont());
    EXPECT_TRUE(eventually([&] { return player->hasSound(); }));
    player->setSoundFont("/no/such.sf2");
    EXPECT_TRUE(eventually([&] { return player->outputName() == "/no/such.sf2: there is no such sound font"; }));
    EXPECT_TRUE(player->hasSound());
}

}  // namespace
}  // namespace ricercar
