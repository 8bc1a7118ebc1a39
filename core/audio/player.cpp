#include "core/audio/player.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/audio/audio_thread.h"
#include "core/audio/sound_preparer.h"

namespace ricercar {

class Player::Impl {
public:
    explicit Impl(const PlayerSettings& settings) : m_preparer(settings, m_audio) {}

    /// What is shown until the audio thread has taken the command.
    struct Shown {
        bool playing = false;
        double quarters = 0;
    };

    /// The state with the commands that the audio thread has not taken yet.
    Shown shown() const {
        const AudioThread::State state = m_audio.state();
        return state.current ? Shown{state.playing, state.quarters} : m_expected;
    }

    void post(const Command& command, const Shown& expected) {
        if (m_audio.post(command)) {
            m_expected = expected;
        }
    }
    void post(const Command& command) { post(command, shown()); }

    double quarters(Tick tick) const { return static_cast<double>(tick.value) / m_song->ticksPerQuarter; }

    std::shared_ptr<const Song> m_song = std::make_shared<Song>();
    std::uint64_t m_songNumber = 0;
    Shown m_expected;
    AudioThread m_audio;
    SoundPreparer m_preparer;
};

std::unique_ptr<Player> Player::create(const PlayerSettings& settings) {
    return std::unique_ptr<Player>(new Player(std::make_unique<Impl>(settings)));
}

Player::Player(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Player::~Player() = default;

std::string Player::outputName() const { return m_impl->m_preparer.status().outputName; }

bool Player::hasSound() const { return m_impl->m_preparer.status().hasSound; }

bool Player::opening() const { return m_impl->m_preparer.status().opening; }

void Player::setSoundFont(const std::filesystem::path& file) { m_impl->m_preparer.setSoundFont(file); }

void Player::setSong(std::shared_ptr<const Song> song) {
    m_impl->m_song = song;
    m_impl->m_preparer.setSong(++m_impl->m_songNumber, std::move(song));
}

void Player::play() { m_impl->post(command::Play{m_impl->m_songNumber}, {true, m_impl->shown().quarters}); }

void Player::stop() { m_impl->post(command::Stop{}, {false, m_impl->shown().quarters}); }

bool Player::playing() const { return m_impl->shown().playing; }

void Player::locate(Tick tick) {
    const double quarters = std::max(0.0, m_impl->quarters(tick));
    m_impl->post(command::Locate{quarters}, {m_impl->shown().playing, quarters});
}

Tick Player::position() const {
    constexpr double rounding = 0.01;  // of a tick; what the audio thread tells is exact to 0.004
    return {
        static_cast<std::int64_t>(std::floor(m_impl->shown().quarters * m_impl->m_song->ticksPerQuarter + rounding))};
}

void Player::setLoop(std::optional<TickRange> range) {
    command::SetLoop set;
    if (range) {
        set.loop = {m_impl->quarters(range->begin), m_impl->quarters(range->end)};
    }
    m_impl->post(set);
}

void Player::setMetronome(bool on) {
    if (on) {
        m_impl->m_preparer.want(clickPatch);
    }
    m_impl->post(command::SetMetronome{on});
}

void Player::setGain(double gain) { m_impl->post(command::SetGain{std::max(0.0, gain)}); }

void Player::setSpeed(double speed) { m_impl->post(command::SetSpeed{std::clamp(speed, 0.1, 10.0)}); }

void Player::noteOn(Patch patch, Pitch pitch, Velocity velocity) {
    m_impl->m_preparer.want(patch);
    m_impl->post(command::NoteOn{patch, pitch, velocity});
}

void Player::noteOff(Patch patch, Pitch pitch) { m_impl->post(command::NoteOff{patch, pitch}); }

void Player::panic() { m_impl->post(command::Silence{}); }

std::array<float, 2> Player::levels() const { return m_impl->m_audio.levels(); }

}  // namespace ricercar
