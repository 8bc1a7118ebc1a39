#include "core/audio/sequencer.h"

#include "support/song_builder.h"
#include "tests/core/audio/listening.h"

namespace ricercar {
namespace {

constexpr int organ = 19;  // sounds as long as it is held

class SequencerTest : public Listening {
protected:
    Sequencer m_sequencer{testRate};
};

/// Quarters of half a second.
SongBuilder organSong() { return SongBuilder().track(organ); }

TEST_F(SequencerTest, StopsAtTheEndAndStartsAgainFromTheBeginning) {
    m_sequencer.exchange(scoreOf(organSong().note(60, 2).build()));
    m_sequencer.start();
    listen(m_sequencer, 0.5);
    EXPECT_TRUE(m_sequencer.running());
    EXPECT_NEAR(m_sequencer.position(), 1, 1e-9);
    listen(m_sequencer, 1);
    EXPECT_FALSE(m_sequencer.running());
    EXPECT_NEAR(m_sequencer.position(), 2, 1e-3);
    m_sequencer.start();
    listen(m_sequencer, 0.25);
    EXPECT_NEAR(m_sequencer.position(), 0.5, 1e-9);
}

TEST_F(SequencerTest, SizeOfBuffersChangesNothing) {
    const Song song = organSong().tempo(0, 97).note(60, 0.3).note(64, 0.7).note(60, 1).build();
    std::vector<std::vector<float>> sounds;
    for (const int frames : {64, 333, 4096}) {
        Sequencer sequencer(testRate);
        sequencer.exchange(scoreOf(song));
        sequencer.start();
        sounds.push_back(listen(sequencer, 2, frames));
    }
    EXPECT_GT(peakOf(sounds[0]), 0.01F);
    EXPECT_EQ(sounds[0], sounds[1]);
    EXPECT_EQ(sounds[0], sounds[2]);
}

TEST_F(SequencerTest, LoopGoesOnWithoutAGapAndCutsWhatSounds) {
    // The loop holds the first quarter of a long note, so it is struck anew every half second.
    m_sequencer.exchange(scoreOf(SongBuilder().track(0).note(72, 4).build()));
    m_sequencer.setLoop(Sequencer::Loop{0, 1});
    m_sequencer.start();
    const auto sound = listen(m_sequencer, 5.1);
    EXPECT_TRUE(m_sequencer.running());
    EXPECT_NEAR(m_sequencer.position(), 0.2, 1e-3);
    for (const double strike : {1.5, 3.0, 4.5}) {
        EXPECT_GT(peakOf(between(sound, strike, strike + 0.1)), 1.3F * peakOf(between(sound, strike - 0.1, strike)));
    }
    m_sequencer.setLoop(std::nullopt);
    listen(m_sequencer, 2.1);
    EXPECT_FALSE(m_sequencer.running());
    listen(m_sequencer, 3);
    EXPECT_EQ(m_sequencer.soundingVoices(), 0);
}

TEST_F(SequencerTest, LoopStaysExactOverManyRounds) {
    m_sequencer.exchange(scoreOf(organSong().tempo(0, 101).note(60, 1).build()));
    m_sequencer.setLoop(Sequencer::Loop{0, 0.05});
    m_sequencer.start();
    listen(m_sequencer, 20);
    const double quarters = 20 * 101.0 / 60;
    const double inLoop = quarters - 0.05 * std::floor(quarters / 0.05);
    EXPECT_NEAR(m_sequencer.position(), inLoop, 1e-3);
}

TEST_F(SequencerTest, LocatingRestoresPatchAndControllers) {
    Track track;
    track.programs = {{Tick{0}, Program::clamped(organ)}, {Tick{480}, Program::clamped(40)}};
    track.controls = {{Tick{480}, 7, 0}, {Tick{960}, 7, 100}};
    track.notes = {{Tick{480}, TickDelta{1920}, Pitch::clamped(60), Velocity::clamped(100)},
                   {Tick{720}, TickDelta{1920}, Pitch::clamped(64), Velocity::clamped(100)}};
    Song song;
    song.tracks.push_back(std::make_shared<const Track>(track));
    song.end = Tick{2880};
    m_sequencer.exchange(scoreOf(song));
    m_sequencer.locate(1.25);  // in the silence of volume 0
    m_sequencer.start();
    const auto sound = listen(m_sequencer, 0.7);
    EXPECT_LT(peakOf(between(sound, 0.0, 0.36)), 1e-4F);
    EXPECT_GT(peakOf(between(sound, 0.4, 0.7)), 1e-2F);
}

TEST_F(SequencerTest, SwappedSongLeavesNoHangingNoteAndKeepsCommonOnes) {
    const Song both = organSong().note(60, 8).chordNote(62, 8).build();
    const Song one = organSong().note(60, 8).build();
    m_sequencer.exchange(scoreOf(both));
    m_sequencer.start();
    const auto before = listen(m_sequencer, 1);
    m_sequencer.exchange(planOf(one));
    listen(m_sequencer, 1);
    const auto after = listen(m_sequencer, 0.5);
    EXPECT_NEAR(m_sequencer.position(), 5, 1e-6);
    const auto last = between(before, 0.5, 1);
    EXPECT_GT(strengthAt(last, hertzOf(62)), 0.001);
    EXPECT_LT(strengthAt(after, hertzOf(62)), strengthAt(last, hertzOf(62)) / 100);
    EXPECT_GT(strengthAt(after, hertzOf(60)), strengthAt(last, hertzOf(60)) / 2);
    m_sequencer.exchange(planOf(SongBuilder().track(organ).rest(1).note(50, 1).build()));
    listen(m_sequencer, 2);
    EXPECT_EQ(m_sequencer.soundingVoices(), 0);
}

TEST_F(SequencerTest, ShortenedNoteEndsAtTheSwap) {
    m_sequencer.exchange(scoreOf(organSong().note(60, 8).build()));
    m_sequencer.start();
    listen(m_sequencer, 1);
    m_sequencer.exchange(planOf(organSong().note(60, 1).rest(6).note(62, 1).build()));
    listen(m_sequencer, 1.5);
    EXPECT_EQ(m_sequencer.soundingVoices(), 0);
    EXPECT_TRUE(m_sequencer.running());
}

TEST_F(SequencerTest, OldSynthesizerRingsOutAndIsGivenBack) {
    m_sequencer.exchange(scoreOf(organSong().note(60, 4).build()));
    m_sequencer.start();
    const auto before = listen(m_sequencer, 1);
    EXPECT_EQ(m_sequencer.exchange(scoreOf(organSong().note(60, 4).track(40).note(64, 4).build())).synth, nullptr);
    const auto after = listen(m_sequencer, 0.9);
    EXPECT_GT(strengthAt(after, hertzOf(60)), strengthAt(between(before, 0.1, 1), hertzOf(60)) / 2);
    EXPECT_EQ(m_sequencer.takeSilent(), nullptr);
    listen(m_sequencer, 2);
    EXPECT_NE(m_sequencer.takeSilent(), nullptr);
}

TEST_F(SequencerTest, StopEndsNotesHeldByThePedal) {
    Track track;
    track.programs = {{Tick{0}, Program::clamped(organ)}};
    track.controls = {{Tick{0}, 64, 127}};
    track.notes = {{Tick{0}, TickDelta{240}, Pitch::clamped(60), Velocity::clamped(100)}};
    Song song;
    song.tracks.push_back(std::make_shared<const Track>(track));
    song.end = Tick{4800};
    m_sequencer.exchange(scoreOf(song));
    m_sequencer.start();
    listen(m_sequencer, 3);
    EXPECT_GT(m_sequencer.soundingVoices(), 0);
    m_sequencer.stop();
    listen(m_sequencer, 2);
    EXPECT_EQ(m_sequencer.soundingVoices(), 0);
}

TEST_F(SequencerTest, AuditionedNoteWaitsForItsPatch) {
    const Patch violin{Program::clamped(40)};
    m_sequencer.exchange(scoreOf(organSong().note(60, 1).build()));
    m_sequencer.noteOn(violin, Pitch::clamped(69), Velocity::clamped(100));
    EXPECT_LT(peakOf(listen(m_sequencer, 0.5)), 1e-4F);
    m_sequencer.exchange({nullptr, std::move(Synth::load(testSoundFont(), testRate, std::vector{violin}).value())});
    EXPECT_NEAR(pitchNear(listen(m_sequencer, 0.5), 69), 69, 0.1);
    m_sequencer.noteOff(violin, Pitch::clamped(69));
    listen(m_sequencer, 2);
    EXPECT_EQ(m_sequencer.soundingVoices(), 0);
}

TEST_F(SequencerTest, MetronomeClicksOnlyWhenOn) {
    Score score = planOf(organSong().rest(8).note(60, 1).build());
    score.synth = std::move(Synth::load(testSoundFont(), testRate, std::vector{clickPatch}).value());
    m_sequencer.exchange(std::move(score));
    m_sequencer.start();
    EXPECT_LT(peakOf(listen(m_sequencer, 0.9)), 1e-4F);
    m_sequencer.setMetronome(true);
    const auto sound = listen(m_sequencer, 1);
    EXPECT_NEAR(onsetIn(sound), 0.1, 0.01);
}

TEST_F(SequencerTest, DenseChordsStayBelowFullScale) {
    SongBuilder builder;
    for (int track = 0; track < 8; ++track) {
        builder.track(organ + track).note(40, 4, 127);
        for (int pitch = 43; pitch < 90; pitch += 3) {
            builder.chordNote(pitch, 4, 127);
        }
    }
    m_sequencer.exchange(scoreOf(builder.build()));
    m_sequencer.start();
    std::vector<float> left(96000);
    std::vector<float> right(96000);
    m_sequencer.render(left.data(), right.data(), 96000);
    EXPECT_GT(peakOf(left), 0.9F);
    EXPECT_LE(peakOf(left), 1.0F);
    EXPECT_LE(peakOf(right), 1.0F);
}

}  // namespace
}  // namespace ricercar
