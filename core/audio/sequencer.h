#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/audio/master.h"
#include "core/audio/plan.h"
#include "core/audio/synth.h"
#include "core/audio/transport.h"

namespace ricercar {

/// What crosses to the thread that renders, and comes back from it to be freed. Null: unchanged, or nothing.
struct Score {
    std::unique_ptr<const Plan> plan;
    std::unique_ptr<Synth> synth;
};

/// Plays a plan on a synthesizer into buffers, each event at its exact frame: the one event loop of live playing and of
/// rendering to a file. Used by one thread at a time; no call locks, allocates or frees. Positions are in quarter
/// notes.
class Sequencer {
public:
    explicit Sequencer(double sampleRate);

    double sampleRate() const { return m_transport.sampleRate(); }
    /// Goes on at another rate, without a synthesizer. The one call that allocates and frees.
    void setSampleRate(double sampleRate);

    /// Goes on with the new plan or synthesizer at the same place, also while running. Notes that both plans have go
    /// on, others end; an old synthesizer rings out. Returns what is no longer needed.
    Score exchange(Score next);
    /// The synthesizer that has rung out, or null; to be asked now and then.
    std::unique_ptr<Synth> takeSilent();

    /// At the end of the plan it starts from the beginning.
    void start();
    /// Ends every note of the plan.
    void stop();
    /// Also false after the end of the plan.
    bool running() const { return m_running; }
    void locate(double quarters);
    double position() const { return m_plan->quartersAt(m_transport.seconds()); }

    struct Loop {
        double begin;
        double end;
    };
    void setLoop(std::optional<Loop> loop);
    void setSpeed(double speed) { m_transport.setSpeed(speed); }
    void setMetronome(bool on) { m_metronome = on; }
    void setGain(double gain) { m_master.setGain(static_cast<float>(gain)); }

    /// Notes outside the plan. One whose instrument is not loaded waits for the synthesizer that has it.
    void noteOn(Patch patch, Pitch pitch, Velocity velocity);
    void noteOff(Patch patch, Pitch pitch);
    void silence();

    /// Voices still heard, e.g. in their release.
    int soundingVoices() const { return m_synth ? m_synth->soundingVoices() : 0; }
    /// Overwrites the buffers with the next `frames` frames.
    void render(float* left, float* right, int frames);

private:
    struct SoundingNote {
        Tick onset;
        std::uint8_t channel = 0;
        std::uint8_t pitch = 0;
    };
    struct HeldNote {
        Patch patch;
        Pitch pitch;
        Velocity velocity;
    };

    void moveTo(double seconds, double firstEvent);
    void restoreLanes();
    void setLane(const Lane& lane, const PlannedEvent* change);
    void usePlan(std::unique_ptr<const Plan>& plan);
    void useSynth(std::unique_ptr<Synth>& synth);
    void playDueEvents();
    void play(const PlannedEvent& event);
    void endNote(int channel, int pitch);
    void endNotes();
    void releasePedals();
    void strike(const HeldNote& note);
    int framesToNextStop(int limit) const;
    void write(float* left, float* right, int frames);

    Transport m_transport;
    Master m_master;
    std::unique_ptr<const Plan> m_plan;  ///< never null
    std::unique_ptr<Synth> m_synth;      ///< null: silence
    std::unique_ptr<Synth> m_fading;     ///< the one before, until its last note has died away
    std::vector<float> m_scratch;        ///< for the fading one
    std::vector<SoundingNote> m_sounding;
    std::vector<HeldNote> m_held;
    std::size_t m_next = 0;  ///< of the plan's events
    std::optional<Loop> m_loop;
    double m_loopBegin = 0;  ///< seconds
    double m_loopEnd = 0;
    bool m_looping = false;  ///< there is a loop, and its end lies ahead
    bool m_running = false;
    bool m_metronome = false;
};

}  // namespace ricercar
