#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <variant>

#include "core/audio/sequencer.h"
#include "core/base/ring.h"

namespace ricercar {

/// What the UI thread asks of the audio thread; positions in quarter notes.
namespace command {
struct Play {
    std::uint64_t song;  ///< waits until a score with this number, or a later one, is there
};
struct Stop {};
struct Locate {
    double quarters;
};
struct SetLoop {
    std::optional<Sequencer::Loop> loop;
};
struct SetMetronome {
    bool on;
};
struct SetGain {
    double gain;
};
struct SetSpeed {
    double speed;
};
struct NoteOn {
    Patch patch;
    Pitch pitch;
    Velocity velocity;
};
struct NoteOff {
    Patch patch;
    Pitch pitch;
};
struct Silence {};
}  // namespace command

using Command = std::variant<command::Stop, command::Play, command::Locate, command::SetLoop, command::SetMetronome,
                             command::SetGain, command::SetSpeed, command::NoteOn, command::NoteOff, command::Silence>;

/// The part of the player that the audio callback runs, and the only way to it. Three threads meet here: the UI thread
/// commands and reads, the preparing thread delivers scores and takes back old ones, the audio thread renders.
class AudioThread {
public:
    struct State {
        bool current;  ///< every command posted so far has been taken
        bool playing;
        double quarters;
    };

    /// UI thread. False when the command is lost because nobody renders and too many wait.
    bool post(const Command& command);
    /// UI thread. Wait-free.
    State state() const;
    /// UI thread. Wait-free.
    std::array<float, 2> levels() const { return {m_levels[0].load(), m_levels[1].load()}; }

    /// Preparing thread. False when the audio thread has left too many scores lying.
    bool deliver(std::uint64_t song, Score score);
    /// Preparing thread: frees what the audio thread no longer needs.
    void collect();
    /// Preparing thread: how often `render` was called, to see that it still is.
    std::uint64_t callbacks() const { return m_callbacks.load(std::memory_order_relaxed); }
    /// Preparing thread, while nobody renders: goes on for a device of another rate, without a synthesizer.
    void setSampleRate(double sampleRate);

    /// Audio thread: overwrites the buffers. Neither locks, allocates, frees nor writes anything anywhere else.
    void render(float* left, float* right, int frames);

private:
    struct Delivery {
        std::uint64_t song = 0;
        Score score;
    };
    struct Posted {
        std::uint16_t number = 0;
        Command command;
    };

    void take(const Command& command);
    void takeDeliveries();
    void measure(const float* left, const float* right, int frames);

    Ring<Posted, 1024> m_commands;
    Ring<Delivery, 8> m_deliveries;
    Ring<Score, 64> m_retired;  ///< `deliver` collects first, so it holds all that can come back
    std::atomic<std::uint64_t> m_state{0};
    std::array<std::atomic<float>, 2> m_levels{};
    std::atomic<std::uint64_t> m_callbacks{0};

    // Audio thread.
    Sequencer m_sequencer{48000};
    std::uint64_t m_song = 0;
    std::optional<std::uint64_t> m_playWith;  ///< playing waits for this song
    std::uint16_t m_taken = 0;                ///< the number of the last command taken

    std::uint16_t m_posted = 0;  ///< UI thread: the number of the last command posted
};

}  // namespace ricercar
