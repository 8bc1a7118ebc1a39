#pragma once

#include <array>
#include <memory>
#include <optional>

#include <QObject>
#include <QTimer>

#include "core/audio/player.h"
#include "ui/session.h"

namespace ricercar {

/// The transport of the window: keeps the player supplied with the session's arrangement and tells what it does. UI
/// thread only.
class Playback : public QObject {
    Q_OBJECT

public:
    /// Both outlive it.
    Playback(Session& session, Player& player, QObject* parent = nullptr);

    /// Also while it waits at the end of a take for what is still to be drawn.
    bool playing() const { return m_playing; }
    /// In the arrangement; stays where it is while another song is auditioned.
    Tick position() const { return m_position; }
    bool loopOn() const { return m_loopOn; }
    /// The range that is played while the loop is on; nothing before one was set.
    std::optional<TickRange> loopRange() const { return m_loopRange; }
    bool metronomeOn() const { return m_metronomeOn; }
    /// What sounds, or why nothing does.
    const QString& output() const { return m_output; }

    void play(double speed = 1.0);
    void playFrom(Tick tick);
    void stop();
    /// Stops where it plays and goes back to where it was started; when it does not play, to the start.
    void stopAndReturn();
    void locate(Tick tick);
    /// Without a range, that of the take, or of the seed where there is none.
    void setLoopOn(bool on);
    /// Also turns the loop on.
    void setLoopRange(TickRange range);
    void setMetronomeOn(bool on);
    void setSoundFont(const QString& file);
    /// Silence now, whatever hangs.
    void panic();

    /// Plays another song once, from its start; null stops it.
    void audition(const std::shared_ptr<const Song>& song);
    /// Sounds a note until the next call, e.g. the key under the mouse; nothing: silence.
    void hold(std::optional<std::pair<Patch, Pitch>> note, Velocity velocity = Velocity::clamped(88));

Q_SIGNALS:
    /// `playing`, loop or metronome changed.
    void stateChanged();
    void positionChanged();
    /// Peaks of the left and right channel, 1 being full scale. Comes until both are 0.
    void levelsChanged(float left, float right);
    void outputChanged(const QString& output);
    /// The player has taken up another arrangement; comes at most every 30 ms.
    void songChanged();

private:
    void supplySong();
    /// The player has the arrangement as it is now.
    void prepare();
    void applyLoop();
    void poll();
    /// At the end of the song: stops, or waits while the current take is being drawn.
    void endOrWait();

    Session& m_session;
    Player& m_player;
    QTimer m_poll;
    QTimer m_supply;  ///< many changes of the arrangement, one new song
    bool m_playing = false;
    bool m_wanted = false;   ///< play was asked for, and neither stop nor the end has come
    bool m_waiting = false;  ///< for more of the take
    bool m_loopOn = false;
    bool m_metronomeOn = false;
    bool m_auditioning = false;
    Tick m_position;
    Tick m_startedAt;
    std::optional<TickRange> m_loopRange;
    std::optional<std::pair<Patch, Pitch>> m_held;
    std::array<float, 2> m_levels{};
    QString m_output;
};

}  // namespace ricercar
