#include "ui/playback.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace ricercar {

namespace {
/// How often the player is asked where it is: while it plays, and while it rests.
constexpr auto playingInterval = 16ms;
constexpr auto restingInterval = 200ms;
/// Peaks below this are not worth a picture.
constexpr float silence = 0.001F;
}  // namespace

Playback::Playback(Session& session, Player& player, QObject* parent)
    : QObject(parent), m_session(session), m_player(player) {
    connect(&m_session, &Session::seedChanged, this, [this] {
        m_loopRange.reset();
        setLoopOn(false);
        if (!m_playing) {
            locate({});
        }
    });
    connect(&m_session, &Session::arrangementChanged, this, [this] {
        if (!m_supply.isActive()) {
            m_supply.start();
        }
    });
    m_supply.setSingleShot(true);
    m_supply.setInterval(30ms);
    connect(&m_supply, &QTimer::timeout, this, &Playback::supplySong);
    m_poll.setTimerType(Qt::PreciseTimer);
    m_poll.start(restingInterval);
    connect(&m_poll, &QTimer::timeout, this, &Playback::poll);
    supplySong();
}

void Playback::supplySong() {
    m_supply.stop();
    if (!m_auditioning) {
        m_player.setSong(m_session.arrangement());
    }
    Q_EMIT songChanged();
}

void Playback::prepare() {
    audition(nullptr);
    if (m_supply.isActive()) {
        supplySong();
    }
}

void Playback::play(double speed) {
    prepare();
    if (m_position >= m_session.arrangement()->end) {
        locate({});
    }
    m_startedAt = m_position;
    m_player.setSpeed(speed);
    m_player.play();
    m_wanted = true;
    m_waiting = false;
    poll();
}

void Playback::playFrom(Tick tick) {
    prepare();
    locate(tick);
    play();
}

void Playback::stop() {
    audition(nullptr);
    m_player.stop();
    m_wanted = false;
    poll();
}

void Playback::stopAndReturn() {
    const bool wasPlaying = m_playing;
    stop();
    locate(wasPlaying ? m_startedAt : Tick{});
}

void Playback::locate(Tick tick) {
    if (!m_auditioning) {
        m_player.locate(tick);
    }
    if (m_position != tick) {
        m_position = tick;
        Q_EMIT positionChanged();
    }
}

void Playback::setLoopOn(bool on) {
    if (on && !m_loopRange) {
        const TickRange range = m_session.currentTake() != nullptr ? m_session.takeRange()
                                                                   : TickRange{Tick{}, m_session.arrangement()->end};
        if (range.begin >= range.end) return;
        m_loopRange = range;
    }
    m_loopOn = on;
    applyLoop();
}

void Playback::setLoopRange(TickRange range) {
    m_loopRange = range;
    m_loopOn = true;
    applyLoop();
}

void Playback::applyLoop() {
    m_player.setLoop(m_loopOn && !m_auditioning ? m_loopRange : std::nullopt);
    Q_EMIT stateChanged();
}

void Playback::setMetronomeOn(bool on) {
    m_metronomeOn = on;
    m_player.setMetronome(on);
    Q_EMIT stateChanged();
}

void Playback::setSoundFont(const QString& file) { m_player.setSoundFont(file.toStdString()); }

void Playback::panic() {
    m_held.reset();
    m_player.panic();
}

void Playback::audition(const std::shared_ptr<const Song>& song) {
    if (!song && !m_auditioning) return;
    m_player.stop();
    m_wanted = false;
    m_auditioning = song != nullptr;
    m_player.setSong(m_auditioning ? song : m_session.arrangement());
    m_player.locate(m_auditioning ? Tick{} : m_position);
    applyLoop();
    if (m_auditioning) {
        m_player.setSpeed(1.0);
        m_player.play();
    }
    poll();
}

void Playback::hold(std::optional<std::pair<Patch, Pitch>> note, Velocity velocity) {
    if (m_held) {
        m_player.noteOff(m_held->first, m_held->second);
    }
    m_held = note;
    if (m_held) {
        m_player.noteOn(m_held->first, m_held->second, velocity);
    }
    m_poll.setInterval(playingInterval);
}

void Playback::endOrWait() {
    const Session::Take* take = m_session.currentTake();
    const bool moreToCome = (take != nullptr && !take->finished) || m_supply.isActive();
    if (m_waiting && !m_supply.isActive() && m_position < m_session.arrangement()->end) {
        m_waiting = false;
        m_player.play();
    } else {
        m_wanted = m_waiting = moreToCome;
    }
}

void Playback::poll() {
    if (m_auditioning && !m_player.playing()) {
        audition(nullptr);
        return;
    }
    if (!m_auditioning && (m_player.playing() || m_playing)) {
        if (const Tick position = m_player.position(); position != m_position) {
            m_position = position;
            Q_EMIT positionChanged();
        }
    }
    if (m_wanted && !m_player.playing()) {
        endOrWait();
    }
    const bool playing = m_auditioning || m_wanted;
    if (playing != m_playing) {
        m_playing = playing;
        Q_EMIT stateChanged();
    }
    const auto levels = m_player.levels();
    if (levels != m_levels) {
        m_levels = levels;
        Q_EMIT levelsChanged(levels[0], levels[1]);
    }
    if (auto output = QString::fromStdString(m_player.outputName()); output != m_output) {
        m_output = std::move(output);
        Q_EMIT outputChanged(m_output);
    }
    const bool moving = playing || m_held || std::max(levels[0], levels[1]) > silence;
    if (const auto interval = moving ? playingInterval : restingInterval; m_poll.intervalAsDuration() != interval) {
        m_poll.setInterval(interval);
    }
}

}  // namespace ricercar
