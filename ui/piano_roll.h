#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <QWidget>

#include "core/audio/patch.h"
#include "ui/roll_painter.h"
#include "ui/roll_tool.h"

class QScrollBar;

namespace ricercar {

class Playback;
class Session;

/// The arrangement as a piano roll: bar ruler above, keyboard to the left, velocities below. Shows and lets listen.
/// The wheel scrolls pitch, with Shift time; with Ctrl it zooms time, with Ctrl+Shift pitch; the middle button pans. A
/// click on the ruler locates, a drag on it makes the loop; keys and notes sound when pressed.
class PianoRoll : public QWidget {
    Q_OBJECT

public:
    /// Both outlive it.
    PianoRoll(Session& session, Playback& playback, QWidget* parent = nullptr);
    ~PianoRoll() override;

    const RollView& view() const { return m_view; }
    /// The key of the arrangement, as found from its notes; nothing without any.
    std::optional<Key> key() const { return m_view.key; }
    /// What is in sight, for people who do not see it.
    QString description() const;

    /// Keeps the playhead in sight while it moves.
    void setFollow(bool follow);

public Q_SLOTS:
    void zoomTime(double factor);
    void zoomPitch(double factor);
    /// The whole arrangement in sight.
    void showAll();

Q_SIGNALS:
    void keyChanged();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum class Gesture { none, tool, ruler, keyboard, pan };

    void onSeed();
    void onArrangement();
    /// The seed is as it was.
    void onTake();
    void onPosition();
    void onTransport();
    void viewChanged();
    void setScrollBars();
    void refreshNotes();
    void scrollBy(QPointF pixels);
    void frameMusic(bool centre);
    void dragRuler(QPointF place, bool snap);
    void pressKey(double y);
    RollPlace placeAt(QPointF position) const;

    Session& m_session;
    Playback& m_playback;
    RollView m_view;
    std::unique_ptr<RollTool> m_tool;
    QScrollBar* m_timeBar;
    QScrollBar* m_pitchBar;
    bool m_follow = true;
    bool m_newSeed = true;     ///< not framed yet
    bool m_stale = true;       ///< the notes must be taken from the session again
    bool m_userView = false;   ///< the user has zoomed or scrolled since the seed came: leave it so
    bool m_focusRing = false;  ///< reached by the keyboard
    Gesture m_gesture = Gesture::none;
    QPointF m_pressed;
    QPointF m_last;
};

}  // namespace ricercar
