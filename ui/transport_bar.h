#pragma once

#include <optional>

#include <QWidget>

#include "core/music/song.h"

class QAction;
class QHBoxLayout;
class QLabel;

namespace ricercar {

class EngineClient;
class Playback;
class PositionDisplay;
class Session;

/// The strip above: transport buttons, where the playhead is, what the music is like there, what sounds, the engine.
class TransportBar : public QWidget {
    Q_OBJECT

public:
    /// The buttons of the transport do what these actions of the window do.
    struct Actions {
        QAction* toStart;
        QAction* stop;
        QAction* play;
        QAction* loop;
        QAction* metronome;
    };

    /// All outlive it.
    TransportBar(Session& session, Playback& playback, EngineClient& engine, const Actions& actions,
                 QWidget* parent = nullptr);

public Q_SLOTS:
    void setKey(std::optional<ricercar::Key> key);

private:
    void addButton(QAction* action, const QString& name);
    QLabel* addFigure(const QString& name, const QString& caption);
    void onSong();
    void onPosition();

    Session& m_session;
    Playback& m_playback;
    QHBoxLayout* m_row;
    PositionDisplay* m_position;
    QLabel* m_time;
    QLabel* m_tempo;
    QLabel* m_meter;
    QLabel* m_key;
    TempoMap m_tempi{480, {}};
    MeterMap m_meters{480, {}};
};

}  // namespace ricercar
