#include "core/audio/audio_thread.h"

#include <thread>

#include "support/song_builder.h"
#include "tests/core/audio/counted_calls.h"
#include "tests/core/audio/listening.h"

namespace ricercar {
namespace {

constexpr int frames = 256;

class AudioThreadTest : public Listening {
protected:
    void render() { m_audio.render(m_left.data(), m_right.data(), frames); }
    void render(double seconds) {
        for (double left = seconds; left > 0; left -= frames / testRate) {
            render();
        }
    }

    AudioThread m_audio;
    std::array<float, frames> m_left{};
    std::array<float, frames> m_right{};
};

/// Everything that a plan can hold.
Song busySong(int firstProgram) {
    SongBuilder builder;
    for (int track = 0; track < 6; ++track) {
        builder.track(firstProgram + 8 * track);
        for (int note = 0; note < 32; ++note) {
            builder.note(48 + (track * 5 + note * 7) % 36, 0.25, 90);
        }
    }
    builder.drums();
    for (int note = 0; note < 32; ++note) {
        builder.note(35 + note % 12, 0.25, 100);
    }
    Song song = builder.build();
    auto track = std::make_shared<Track>(*song.tracks[0]);
    for (int quarter = 0; quarter < 8; ++quarter) {
        const Tick tick{quarter * 480};
        track->programs.push_back({tick, Program::clamped(firstProgram + quarter % 2)});
        track->controls.push_back({tick, 64, static_cast<std::uint8_t>(quarter % 2 * 127)});
        track->controls.push_back({tick, 1, static_cast<std::uint8_t>(quarter * 10)});
        track->bends.push_back({tick, static_cast<std::int16_t>(quarter * 100)});
    }
    sortEvents(*track);
    song.tracks[0] = track;
    return song;
}

TEST_F(AudioThreadTest, CallbackNeitherAllocatesNorFreesNorLocks) {
    if (!CountedCalls::counts) {
        GTEST_SKIP() << "the sanitizer has its own allocator";
    }
    const Patch violin{Program::clamped(40)};
    std::vector<Score> scores;
    scores.push_back(scoreOf(busySong(0)));
    scores.push_back(planOf(busySong(0)));
    scores.push_back(scoreOf(busySong(3)));
    scores.push_back(scoreOf(busySong(5)));
    ASSERT_TRUE(m_audio.post(command::Play{1}));
    std::uint64_t number = 0;
    float loudest = 0;
    for (Score& score : scores) {
        ASSERT_TRUE(m_audio.deliver(++number, std::move(score)));
        m_audio.post(command::SetMetronome{number % 2 == 0});
        m_audio.post(command::SetSpeed{1.0 + 0.1 * static_cast<double>(number)});
        m_audio.post(command::SetGain{0.9});
        m_audio.post(command::SetLoop{Sequencer::Loop{1, 1.5}});
        m_audio.post(command::NoteOn{violin, Pitch::clamped(70), Velocity::clamped(90)});
        const CountedCalls calls;
        render(1.5);
        m_audio.post(command::SetLoop{});
        m_audio.post(command::NoteOff{violin, Pitch::clamped(70)});
        m_audio.post(command::Locate{2});
        render(2);
        m_audio.post(command::Stop{});
        render(0.5);
        m_audio.post(command::Play{number});
        render(0.5);
        EXPECT_EQ(calls.allocations(), 0);
        EXPECT_EQ(calls.frees(), 0);
        EXPECT_EQ(calls.locks(), 0);
        loudest = std::max(loudest, m_audio.levels()[0]);
    }
    EXPECT_GT(loudest, 0.05F);
}

TEST_F(AudioThreadTest, PlayingWaitsForItsSong) {
    m_audio.post(command::Play{2});
    ASSERT_TRUE(m_audio.deliver(1, scoreOf(SongBuilder().note(60, 4).build())));
    render(0.5);
    EXPECT_TRUE(m_audio.state().playing);
    EXPECT_EQ(m_audio.state().quarters, 0);
    ASSERT_TRUE(m_audio.deliver(2, planOf(SongBuilder().note(64, 4).build())));
    render(0.5);
    EXPECT_NEAR(m_audio.state().quarters, 1, 0.02);
    EXPECT_TRUE(m_audio.state().current);
    m_audio.post(command::Stop{});
    EXPECT_FALSE(m_audio.state().current);
    render();
    EXPECT_TRUE(m_audio.state().current);
    EXPECT_FALSE(m_audio.state().playing);
}

TEST_F(AudioThreadTest, NoteOnIsHeardInTheNextBuffer) {
    ASSERT_TRUE(m_audio.deliver(1, scoreOf(SongBuilder().track(0).note(60, 1).build())));
    render();
    m_audio.post(command::NoteOn{Patch{}, Pitch::clamped(72), Velocity::clamped(127)});
    render();
    EXPECT_GT(peakOf(m_left), 1e-3F);
}

TEST_F(AudioThreadTest, LevelsFall24DecibelsASecond) {
    ASSERT_TRUE(m_audio.deliver(1, scoreOf(SongBuilder().track(0).note(60, 1).build())));
    m_audio.post(command::NoteOn{Patch{}, Pitch::clamped(72), Velocity::clamped(127)});
    render(0.2);
    m_audio.post(command::Silence{});
    m_audio.post(command::SetGain{0});
    render();
    const float before = m_audio.levels()[0];
    render(0.5);
    EXPECT_NEAR(20 * std::log10(m_audio.levels()[0] / before), -12, 0.2);
}

TEST_F(AudioThreadTest, ThreeThreadsMeetSafely) {
    std::atomic<bool> done{false};
    std::thread audio([&] {
        while (!done) {
            render();
        }
    });
    std::thread preparing([&] {
        for (std::uint64_t number = 1; number <= 30; ++number) {
            const Song song = busySong(static_cast<int>(number % 3));
            while (!m_audio.deliver(number, number % 4 == 1 ? scoreOf(song) : planOf(song))) {
                std::this_thread::yield();
            }
            m_audio.collect();
        }
    });
    for (int i = 0; i < 3000; ++i) {
        m_audio.post(command::Locate{i % 8 * 1.0});
        m_audio.post(command::Play{static_cast<std::uint64_t>(i % 30)});
        m_audio.post(command::NoteOn{Patch{}, Pitch::clamped(i % 128), Velocity::clamped(64)});
        m_audio.post(command::NoteOff{Patch{}, Pitch::clamped(i % 128)});
        m_audio.post(command::SetLoop{Sequencer::Loop{0, 0.1 * (i % 5)}});
        EXPECT_GE(m_audio.state().quarters, 0);
        EXPECT_GE(m_audio.levels()[1], 0);
        std::this_thread::yield();
    }
    preparing.join();
    while (!m_audio.state().current) {
        std::this_thread::yield();
    }
    done = true;
    audio.join();
    m_audio.post(command::Stop{});
    m_audio.post(command::Silence{});
    render();
    EXPECT_FALSE(m_audio.state().playing);
}

}  // namespace
}  // namespace ricercar
