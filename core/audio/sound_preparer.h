#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "core/audio/audio_thread.h"
#include "core/audio/player.h"

namespace ricercar {

class Output;

/// Does for the player what takes time, on a thread of its own: opens the device (and opens it again when it stops
/// answering), loads sound fonts and instruments, makes plans, frees what the audio thread has done with. Every call is
/// made on the UI thread and returns at once.
class SoundPreparer {
public:
    struct Status {
        std::string outputName = "opening the sound device";
        bool hasSound = false;
        bool opening = true;
    };

    /// `audio` outlives this.
    SoundPreparer(const PlayerSettings& settings, AudioThread& audio);
    ~SoundPreparer();

    Status status() const;
    /// `number` counts the songs of this player. A song that is overtaken by the next one may never be delivered.
    void setSong(std::uint64_t number, std::shared_ptr<const Song> song);
    void setSoundFont(const std::filesystem::path& file);
    /// Loads the instrument if it is not loaded.
    void want(Patch patch);

private:
    /// What the UI thread asked for since the last time.
    struct Requests {
        std::shared_ptr<const Song> song = nullptr;
        std::uint64_t songNumber = 0;
        std::optional<std::filesystem::path> soundFont = std::nullopt;
        std::set<Patch> patches = {};

        bool any() const { return song || soundFont || !patches.empty(); }
    };

    void run(const std::stop_token& stop);
    void openDevice();
    void watchDevice();
    void serve(const Requests& requests);
    std::unique_ptr<Synth> loadSynth();
    void setStatus(Status status);

    const std::string m_driver;
    AudioThread& m_audio;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_requested;
    Requests m_requests;
    Status m_status;

    // The preparing thread's own.
    std::unique_ptr<Output> m_output;
    std::filesystem::path m_fontSetting;
    std::uint64_t m_songNumber = 0;           ///< of the song that was delivered last
    std::set<Patch> m_songPatches;            ///< of that song
    std::set<Patch> m_wanted;                 ///< also of songs before, so that going back to one costs nothing
    std::optional<std::set<Patch>> m_loaded;  ///< by the synthesizer that was delivered last
    std::chrono::steady_clock::time_point m_watched = std::chrono::steady_clock::now();
    std::uint64_t m_callbacks = 0;  ///< seen when the device was last watched

    std::jthread m_thread;  ///< last: begins when the rest is there
};

}  // namespace ricercar
