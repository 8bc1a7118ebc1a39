#include "ui/piano_roll.h"

#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QSignalBlocker>

#include "core/analysis/key_finding.h"
#include "ui/playback.h"
#include "ui/roll_accessible.h"
#include "ui/session.h"
#include "ui/theme.h"

namespace ricercar {

namespace {

/// Pixels that the mouse moves before a press on the ruler is a drag.
constexpr double dragDistance = 4;
/// Bars in sight when a seed comes, where it leaves room for what will be composed.
constexpr int fewestBars = 12;
constexpr int mostBars = 24;

/// Sounds the note that is pressed.
class ListenTool : public RollTool {
public:
    ListenTool(Session& session, Playback& playback) : m_session(session), m_playback(playback) {}

    void press(const RollPlace& place) override {
        m_note = place.note;
        if (!m_note) {
            m_playback.hold(std::nullopt);
            return;
        }
        m_playback.hold(std::pair(patchOf(*m_session.arrangement()->tracks[m_note->track]), m_note->pitch),
                        m_note->velocity);
    }
    void drag(const RollPlace& place) override {
        if (place.note != m_note) {
            press(place);
        }
    }
    void release() override { press({}); }

private:
    Session& m_session;
    Playback& m_playback;
    std::optional<RollNotes::ShownNote> m_note;
};

}  // namespace

PianoRoll::PianoRoll(Session& session, Playback& playback, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_playback(playback),
      m_tool(std::make_unique<ListenTool>(session, playback)),
      m_timeBar(new QScrollBar(Qt::Horizontal, this)),
      m_pitchBar(new QScrollBar(Qt::Vertical, this)) {
    setObjectName(QStringLiteral("pianoRoll"));
    setAccessibleName(tr("Piano roll"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(320, 240);
    m_view.emptyText = tr("Choose a seed, drop a MIDI file here,\nor press G to compose from nothing");
    installRollAccessibility();

    m_timeBar->setAccessibleName(tr("Time in the piano roll"));
    m_pitchBar->setAccessibleName(tr("Pitch in the piano roll"));
    for (QScrollBar* bar : {m_timeBar, m_pitchBar}) {
        connect(bar, &QScrollBar::valueChanged, this, [this] {
            m_userView = true;
            m_view.geometry.scrollTo(QPointF(m_timeBar->value(), m_pitchBar->value()));
            viewChanged();
        });
    }
    connect(&m_session, &Session::seedChanged, this, &PianoRoll::onSeed);
    connect(&m_session, &Session::currentTakeChanged, this, &PianoRoll::onArrangement);
    connect(&m_session, &Session::takeChanged, this, &PianoRoll::onTake);
    connect(&m_session, &Session::arrangementChanged, this, &PianoRoll::onTake);
    connect(&m_playback, &Playback::positionChanged, this, &PianoRoll::onPosition);
    connect(&m_playback, &Playback::stateChanged, this, &PianoRoll::onTransport);
    onSeed();
}

PianoRoll::~PianoRoll() = default;

void PianoRoll::onSeed() {
    m_userView = false;
    m_newSeed = true;
    onArrangement();
    const auto estimate = findKey(*m_session.arrangement());
    const auto key = estimate ? std::optional(estimate->key) : std::nullopt;
    if (key != m_view.key) {
        m_view.key = key;
        Q_EMIT keyChanged();
    }
}

void PianoRoll::onArrangement() {
    m_stale = true;
    update();
}

void PianoRoll::onTake() {
    m_stale = true;
    const int left = m_view.take ? static_cast<int>(m_view.geometry.x(m_view.take->begin)) - 2 : 0;
    update(rect().adjusted(std::clamp(left, 0, width() - 1), 0, 0, 0));
}

void PianoRoll::refreshNotes() {
    if (!m_stale) return;
    m_stale = false;
    const RollGeometry before = m_view.geometry;
    const Song& song = *m_session.arrangement();
    const Session::Take* take = m_session.currentTake();
    const TickRange range = m_session.takeRange();
    const bool fills = take != nullptr && take->fill();
    if (fills) {
        m_view.notes = RollNotes(song, range, *take->seed.song);
    } else if (m_newSeed || m_view.takeFillsIn || song.ticksPerQuarter != m_view.geometry.ticksPerQuarter()) {
        m_view.notes = RollNotes(song, range.begin);
    } else {
        m_view.notes.replaceTake(song, range.begin);
    }
    m_view.takeFillsIn = fills;
    m_view.meters = meterMap(song);
    m_view.take = take != nullptr ? std::optional(range) : std::nullopt;
    m_view.takeFlag.clear();
    if (take != nullptr) {
        const QString star = take->starred ? QStringLiteral(" \u2605") : QString();
        m_view.takeFlag = take->seed.song && !fills ? tr("seed | %1%2").arg(take->name, star) : take->name + star;
    }
    if (m_newSeed || (m_view.hovered && m_view.hovered->part == RollNotes::Part::take)) {
        m_view.hovered.reset();
    }
    m_view.geometry.setMusic(song.ticksPerQuarter, song.end);
    if (!m_userView) {
        frameMusic(m_newSeed);
    }
    m_newSeed = false;
    setScrollBars();
    if (!m_view.geometry.showsAs(before)) {
        update();
    }
}

void PianoRoll::frameMusic(bool centre) {
    const int bars = barCount(*m_session.arrangement());
    m_view.geometry.showTicks(m_view.meters.bars(0, std::clamp(bars, fewestBars, mostBars) - 1));
    // Rows stay where they are while notes come in that they already show.
    const Pitch lowest = m_view.notes.lowest();
    const Pitch highest = m_view.notes.highest();
    if (centre || lowest < m_view.geometry.lowestShown() || highest > m_view.geometry.highestShown()) {
        m_view.geometry.showPitches(lowest, highest);
    }
}

void PianoRoll::viewChanged() {
    setScrollBars();
    update();
}

void PianoRoll::setScrollBars() {
    const QPointF scroll = m_view.geometry.scroll();
    const QPointF largest = m_view.geometry.largestScroll();
    const auto show = [](QScrollBar* bar, double value, double end, int page) {
        const QSignalBlocker quiet(bar);
        bar->setRange(0, static_cast<int>(std::ceil(end)));
        bar->setPageStep(page);
        bar->setSingleStep(page / 10);
        bar->setValue(qRound(value));
    };
    show(m_timeBar, scroll.x(), largest.x(), m_view.geometry.notes().width());
    show(m_pitchBar, scroll.y(), largest.y(), m_view.geometry.notes().height());
}

void PianoRoll::scrollBy(QPointF pixels) {
    m_userView = true;
    m_view.geometry.scrollTo(m_view.geometry.scroll() + pixels);
    viewChanged();
}

void PianoRoll::zoomTime(double factor) {
    m_userView = true;
    m_view.geometry.zoomTime(factor, m_view.geometry.notes().center().x());
    viewChanged();
}

void PianoRoll::zoomPitch(double factor) {
    m_userView = true;
    m_view.geometry.zoomPitch(factor, m_view.geometry.notes().center().y());
    viewChanged();
}

void PianoRoll::showAll() {
    m_userView = true;
    refreshNotes();
    m_view.geometry.showTicks({Tick{}, std::max(m_session.arrangement()->end, m_view.meters.barStart(1))});
    m_view.geometry.showPitches(m_view.notes.lowest(), m_view.notes.highest());
    viewChanged();
}

void PianoRoll::setFollow(bool follow) { m_follow = follow; }

void PianoRoll::onPosition() {
    update(playheadArea(m_view.geometry, m_view.playhead));
    m_view.playhead = m_playback.position();
    update(playheadArea(m_view.geometry, m_view.playhead));
    const QRect area = m_view.geometry.notes();
    const double x = m_view.geometry.x(m_view.playhead);
    const bool outside = x < area.left() || x > area.right();
    if (m_follow && outside && m_playback.playing() && m_gesture == Gesture::none) {
        // By pages: a still picture is easier to read than a moving one.
        m_view.geometry.scrollTo({m_view.geometry.scroll().x() + x - area.left(), m_view.geometry.scroll().y()});
        viewChanged();
    }
}

void PianoRoll::onTransport() {
    m_view.loop = m_playback.loopRange();
    m_view.loopOn = m_playback.loopOn();
    update(m_view.geometry.ruler());
}

QString PianoRoll::description() const {
    const TickRange shown = m_view.geometry.shownTicks();
    const auto notes = m_view.notes.around(shown);
    const auto count = std::ranges::count_if(notes, [&](const auto& note) { return note.end > shown.begin.value; });
    return tr("bars %1 to %2 of %3, %4")
        .arg(m_view.meters.barAt(shown.begin) + 1)
        .arg(m_view.meters.barAt(shown.end) + 1)
        .arg(barCount(*m_session.arrangement()))
        .arg(count == 1 ? tr("1 note shown") : tr("%1 notes shown").arg(count));
}

bool PianoRoll::event(QEvent* event) {
    if (event->type() == QEvent::StyleChange) {
        update();
    }
    return QWidget::event(event);
}

void PianoRoll::paintEvent(QPaintEvent* event) {
    refreshNotes();
    QPainter painter(this);
    paintRoll(painter, m_view, event->region().boundingRect());
    if (m_focusRing) {
        painter.setPen(QPen(currentTheme().accent, 2));
        painter.drawRect(m_view.geometry.notes().adjusted(1, 1, -1, -1));
    }
}

void PianoRoll::resizeEvent(QResizeEvent* /*event*/) {
    m_view.geometry.resize(size());
    const QRect notes = m_view.geometry.notes();
    constexpr int extent = RollGeometry::scrollBarExtent;
    m_pitchBar->setGeometry(width() - extent, notes.top(), extent, notes.height());
    m_timeBar->setGeometry(notes.left(), height() - extent, notes.width(), extent);
    if (!m_userView) {
        frameMusic(true);
    }
    viewChanged();
}

void PianoRoll::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    const double steps = (turned.y() != 0 ? turned.y() : turned.x()) / 120.0;
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    m_userView = true;
    if (event->modifiers() & Qt::ControlModifier) {
        const double factor = std::pow(1.2, steps);
        shift ? m_view.geometry.zoomPitch(factor, event->position().y())
              : m_view.geometry.zoomTime(factor, event->position().x());
        viewChanged();
    } else if (!event->pixelDelta().isNull() && !shift) {
        scrollBy(-QPointF(event->pixelDelta()));
    } else {
        const bool time = shift || turned.y() == 0;
        scrollBy(time ? QPointF(-steps * 96, 0) : QPointF(0, -steps * 3 * m_view.geometry.rowHeight()));
    }
    event->accept();
}

RollPlace PianoRoll::placeAt(QPointF position) const {
    // Rounded down: a pixel belongs to the tick that begins at or before it.
    RollPlace place;
    const double ticks = (position.x() - m_view.geometry.x(Tick{})) / m_view.geometry.pixelsPerTick();
    place.tick = {std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(ticks)))};
    if (const auto pitch = m_view.geometry.pitchAt(position.y())) {
        place.pitch = *pitch;
        if (const auto* note = m_view.notes.at(place.tick, *pitch)) {
            place.note = *note;
        }
    }
    return place;
}

void PianoRoll::mousePressEvent(QMouseEvent* event) {
    const QPointF place = event->position();
    m_pressed = m_last = place;
    if (event->button() == Qt::MiddleButton) {
        m_gesture = Gesture::pan;
        setCursor(Qt::ClosedHandCursor);
    } else if (event->button() != Qt::LeftButton) {
        return;
    } else if (m_view.geometry.ruler().contains(place.toPoint())) {
        m_gesture = Gesture::ruler;
    } else if (m_view.geometry.keys().contains(place.toPoint())) {
        m_gesture = Gesture::keyboard;
        pressKey(place.y());
    } else if (m_view.geometry.notes().contains(place.toPoint())) {
        m_gesture = Gesture::tool;
        m_tool->press(placeAt(place));
    }
}

void PianoRoll::mouseMoveEvent(QMouseEvent* event) {
    const QPointF place = event->position();
    switch (m_gesture) {
        case Gesture::pan:
            scrollBy(m_last - place);
            break;
        case Gesture::ruler:
            dragRuler(place, !(event->modifiers() & Qt::AltModifier));
            break;
        case Gesture::keyboard:
            pressKey(place.y());
            break;
        case Gesture::tool:
            m_tool->drag(placeAt(place));
            break;
        case Gesture::none:
            break;
    }
    m_last = place;
    const auto hovered = m_view.geometry.notes().contains(place.toPoint()) ? placeAt(place).note : std::nullopt;
    if (hovered != m_view.hovered) {
        m_view.hovered = hovered;
        update();
    }
}

void PianoRoll::mouseReleaseEvent(QMouseEvent* event) {
    if (m_gesture == Gesture::ruler && std::abs(event->position().x() - m_pressed.x()) < dragDistance) {
        m_playback.locate(m_view.geometry.tickAt(m_pressed.x()));
    }
    if (m_gesture == Gesture::tool) {
        m_tool->release();
    }
    if (m_gesture == Gesture::keyboard) {
        m_playback.hold(std::nullopt);
        m_view.heldKey.reset();
        update(m_view.geometry.keys());
    }
    m_gesture = Gesture::none;
    unsetCursor();
}

void PianoRoll::dragRuler(QPointF place, bool snap) {
    if (std::abs(place.x() - m_pressed.x()) < dragDistance) return;
    const auto [left, right] = std::minmax({place.x(), m_pressed.x()});
    TickRange range{m_view.geometry.tickAt(left), m_view.geometry.tickAt(right)};
    if (snap) {
        range = m_view.meters.bars(m_view.meters.barAt(range.begin), m_view.meters.barAt(range.end));
    }
    if (range.begin < range.end) {
        m_playback.setLoopRange(range);
    }
}

void PianoRoll::pressKey(double y) {
    const auto pitch = m_view.geometry.pitchAt(y);
    if (!pitch || pitch == m_view.heldKey) return;
    const auto& tracks = m_session.arrangement()->tracks;
    const auto melodic = std::ranges::find_if(tracks, [](const auto& track) { return !track->isDrums(); });
    m_playback.hold(std::pair(melodic == tracks.end() ? Patch{} : patchOf(**melodic), *pitch));
    m_view.heldKey = pitch;
    update(m_view.geometry.keys());
}

void PianoRoll::focusInEvent(QFocusEvent* event) {
    m_focusRing = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    update();
}

void PianoRoll::focusOutEvent(QFocusEvent* /*event*/) {
    m_focusRing = false;
    update();
}

void PianoRoll::leaveEvent(QEvent* /*event*/) {
    if (m_view.hovered) {
        m_view.hovered.reset();
        update();
    }
}

void PianoRoll::keyPressEvent(QKeyEvent* event) {
    const QRect area = m_view.geometry.notes();
    const double row = 3 * m_view.geometry.rowHeight();
    switch (event->key()) {
        case Qt::Key_Left:
            return scrollBy({-96, 0});
        case Qt::Key_Right:
            return scrollBy({96, 0});
        case Qt::Key_Up:
            return scrollBy({0, -row});
        case Qt::Key_Down:
            return scrollBy({0, row});
        case Qt::Key_PageUp:
            return scrollBy({-area.width() * 0.9, 0});
        case Qt::Key_PageDown:
            return scrollBy({area.width() * 0.9, 0});
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace ricercar
