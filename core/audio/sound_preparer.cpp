#include "core/audio/sound_preparer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/audio/output.h"
#include "core/audio/sound_fonts.h"

namespace ricercar {

namespace {

constexpr auto watchPeriod = std::chrono::seconds(1);
constexpr std::size_t mostPatches = 64;

}  // namespace

SoundPreparer::SoundPreparer(const PlayerSettings& settings, AudioThread& audio)
    : m_driver(settings.driver),
      m_audio(audio),
      m_requests{.soundFont = settings.soundFont, .patches = {Patch{}}},
      m_thread([this](const std::stop_token& stop) { run(stop); }) {}

SoundPreparer::~SoundPreparer() = default;

SoundPreparer::Status SoundPreparer::status() const {
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void SoundPreparer::setStatus(Status status) {
    const std::lock_guard lock(m_mutex);
    m_status = std::move(status);
}

void SoundPreparer::setSong(std::uint64_t number, std::shared_ptr<const Song> song) {
    const std::lock_guard lock(m_mutex);
    m_requests.song = std::move(song);
    m_requests.songNumber = number;
    m_requested.notify_one();
}

void SoundPreparer::setSoundFont(const std::filesystem::path& file) {
    const std::lock_guard lock(m_mutex);
    m_requests.soundFont = file;
    m_requested.notify_one();
}

void SoundPreparer::want(Patch patch) {
    const std::lock_guard lock(m_mutex);
    m_requests.patches.insert(patch);
    m_requested.notify_one();
}

void SoundPreparer::run(const std::stop_token& stop) {
    openDevice();
    while (!stop.stop_requested()) {
        Requests requests;
        {
            std::unique_lock lock(m_mutex);
            m_requested.wait_for(lock, stop, watchPeriod, [&] { return m_requests.any(); });
            requests = std::exchange(m_requests, {});
        }
        if (requests.any()) {
            serve(requests);
        }
        m_audio.collect();
        watchDevice();
    }
    m_output.reset();
}

void SoundPreparer::openDevice() {
    m_output.reset();
    m_output = openOutput(m_driver);
    m_audio.setSampleRate(m_output->sampleRate());
    m_loaded.reset();
    m_output->start([](void* audio, float* left, float* right,
                       int frames) { static_cast<AudioThread*>(audio)->render(left, right, frames); },
                    &m_audio);
}

/// A device that has not asked for samples since the last time has gone.
void SoundPreparer::watchDevice() {
    const auto now = std::chrono::steady_clock::now();
    if (now - m_watched < watchPeriod) {
        return;
    }
    m_watched = now;
    const std::uint64_t before = std::exchange(m_callbacks, m_audio.callbacks());
    if (m_callbacks == before) {
        openDevice();
        serve({});
    }
}

void SoundPreparer::serve(const Requests& requests) {
    Score score;
    if (requests.song) {
        Plan plan = makePlan(*requests.song);
        m_songNumber = requests.songNumber;
        m_songPatches = {plan.patches.begin(), plan.patches.end()};
        score.plan = std::make_unique<const Plan>(std::move(plan));
    }
    if (requests.soundFont) {
        m_fontSetting = *requests.soundFont;
    }
    m_wanted.insert(requests.patches.begin(), requests.patches.end());
    if (m_wanted.size() + m_songPatches.size() > mostPatches) {
        m_wanted = requests.patches;
    }
    m_wanted.insert(m_songPatches.begin(), m_songPatches.end());
    const bool loaded = m_loaded && std::includes(m_loaded->begin(), m_loaded->end(), m_wanted.begin(), m_wanted.end());
    if (!loaded || requests.soundFont) {
        score.synth = loadSynth();
    }
    if (!m_audio.deliver(m_songNumber, std::move(score))) {
        openDevice();  // which takes what was delivered, and so makes room
        serve(requests);
    }
}

/// Null, with the reason in the status, when there is nothing to play with.
std::unique_ptr<Synth> SoundPreparer::loadSynth() {
    if (!m_output->silentBecause().empty()) {
        setStatus({m_output->silentBecause(), false, false});
        return nullptr;
    }
    const auto font = findSoundFont(m_fontSetting);
    auto synth = font.and_then([&](const std::filesystem::path& file) {
        return Synth::load(file, m_output->sampleRate(), std::vector<Patch>(m_wanted.begin(), m_wanted.end()));
    });
    if (!synth) {
        const bool hasSound = m_loaded.has_value();  // the synthesizer before
        setStatus({synth.error().message + (hasSound ? "" : ": silent"), hasSound, false});
        return nullptr;
    }
    m_loaded = m_wanted;
    setStatus({fmt::format("FluidSynth - {}", font->stem().string()), true, false});
    return std::move(*synth);
}

}  // namespace ricercar
