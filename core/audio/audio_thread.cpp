#include "core/audio/audio_thread.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ricercar {

namespace {

// The state in one word, so that it can be read whole without waiting: 16 bits of the command's number, one of playing,
// 47 of quarters in units of 2^-23.
constexpr int numberShift = 48;
constexpr std::uint64_t playingBit = std::uint64_t{1} << 47;
constexpr double quarterUnits = 8'388'608;

std::uint64_t pack(std::uint16_t number, bool playing, double quarters) {
    const double units = std::clamp(std::round(quarters * quarterUnits), 0.0, static_cast<double>(playingBit - 1));
    return (std::uint64_t{number} << numberShift) | (playing ? playingBit : 0) | static_cast<std::uint64_t>(units);
}

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

bool AudioThread::post(const Command& command) {
    const auto number = static_cast<std::uint16_t>(m_posted + 1);
    if (!m_commands.push({number, command})) {
        return false;
    }
    m_posted = number;
    return true;
}

AudioThread::State AudioThread::state() const {
    const std::uint64_t state = m_state.load(std::memory_order_acquire);
    return {static_cast<std::uint16_t>(state >> numberShift) == m_posted, (state & playingBit) != 0,
            static_cast<double>(state & (playingBit - 1)) / quarterUnits};
}

bool AudioThread::deliver(std::uint64_t song, Score score) {
    collect();
    return m_deliveries.push({song, std::move(score)});
}

void AudioThread::collect() {
    while (m_retired.pop()) {
    }
}

void AudioThread::setSampleRate(double sampleRate) {
    takeDeliveries();
    m_sequencer.setSampleRate(sampleRate);
    collect();
}

void AudioThread::render(float* left, float* right, int frames) {
    while (const auto posted = m_commands.pop()) {
        m_taken = posted->number;
        take(posted->command);
    }
    takeDeliveries();
    if (m_playWith && *m_playWith <= m_song) {
        m_playWith.reset();
        m_sequencer.start();
    }
    m_sequencer.render(left, right, frames);
    if (auto silent = m_sequencer.takeSilent()) {
        m_retired.push({nullptr, std::move(silent)});
    }
    measure(left, right, frames);
    m_state.store(pack(m_taken, m_playWith || m_sequencer.running(), m_sequencer.position()),
                  std::memory_order_release);
    m_callbacks.fetch_add(1, std::memory_order_relaxed);
}

void AudioThread::take(const Command& command) {
    std::visit(Overloaded{
                   [&](command::Play play) { m_playWith = play.song; },
                   [&](command::Stop) {
                       m_playWith.reset();
                       m_sequencer.stop();
                   },
                   [&](command::Locate locate) { m_sequencer.locate(locate.quarters); },
                   [&](const command::SetLoop& set) { m_sequencer.setLoop(set.loop); },
                   [&](command::SetMetronome set) { m_sequencer.setMetronome(set.on); },
                   [&](command::SetGain set) { m_sequencer.setGain(set.gain); },
                   [&](command::SetSpeed set) { m_sequencer.setSpeed(set.speed); },
                   [&](command::NoteOn note) { m_sequencer.noteOn(note.patch, note.pitch, note.velocity); },
                   [&](command::NoteOff note) { m_sequencer.noteOff(note.patch, note.pitch); },
                   [&](command::Silence) { m_sequencer.silence(); },
               },
               command);
}

void AudioThread::takeDeliveries() {
    while (auto delivery = m_deliveries.pop()) {
        m_song = delivery->song;
        m_retired.push(m_sequencer.exchange(std::move(delivery->score)));
    }
}

void AudioThread::measure(const float* left, const float* right, int frames) {
    constexpr double fallPerSecond = 24;  // dB
    const auto kept = static_cast<float>(
        std::pow(10.0, -fallPerSecond / 20 * static_cast<double>(frames) / m_sequencer.sampleRate()));
    const std::array buffers{left, right};
    for (std::size_t side = 0; side < buffers.size(); ++side) {
        float peak = m_levels[side].load(std::memory_order_relaxed) * kept;
        for (int frame = 0; frame < frames; ++frame) {
            peak = std::max(peak, std::abs(buffers[side][frame]));
        }
        m_levels[side].store(peak, std::memory_order_relaxed);
    }
}

}  // namespace ricercar
