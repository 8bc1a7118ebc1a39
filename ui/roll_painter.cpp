#include "ui/roll_painter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include <QCoreApplication>
#include <QImage>
#include <QPainter>
#include <QPainterPath>

#include "ui/theme.h"

namespace ricercar {

namespace {

/// With more notes than this in sight they are painted without round corners, which nobody sees then, on a canvas.
constexpr std::size_t mostRoundNotes = 1500;
constexpr int trackShades = 4;

QColor mixed(const QColor& a, const QColor& b, float share) {
    const auto mix = [share](float x, float y) { return x + (y - x) * share; };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

/// Takes many small rectangles of one colour each, in a small part of the time that QPainter needs for them.
class Canvas {
public:
    explicit Canvas(const QRect& area)
        : m_area(area),
          m_pixels(static_cast<std::size_t>(area.width()) * static_cast<std::size_t>(area.height()),
                   qRgba(0, 0, 0, 0)) {}

    void fill(const QRect& rectangle, QRgb colour) {
        const QRect inside = rectangle & m_area;
        auto line = m_pixels.begin() + std::ptrdiff_t{inside.top() - m_area.top()} * m_area.width() + inside.left() -
                    m_area.left();
        for (int y = inside.top(); y <= inside.bottom(); ++y, line += m_area.width()) {
            std::fill_n(line, inside.width(), colour);
        }
    }
    void paintOn(QPainter& painter) const {
        const auto* bytes = reinterpret_cast<const uchar*>(m_pixels.data());
        painter.drawImage(m_area.topLeft(), QImage(bytes, m_area.width(), m_area.height(),
                                                   qsizetype{4} * m_area.width(), QImage::Format_ARGB32_Premultiplied));
    }

private:
    QRect m_area;
    std::vector<QRgb> m_pixels;
};

/// Paints one frame.
class Frame {
public:
    Frame(QPainter& painter, const RollView& view, const QRect& dirty)
        : m_painter(painter), m_view(view), m_geometry(view.geometry), m_dirty(dirty), m_theme(currentTheme()) {}

    void paint() {
        m_painter.fillRect(m_dirty, m_theme.panel);
        clipped(m_geometry.notes(), [this] {
            paintRows();
            paintGrid();
            paintNotes();
            paintTakeLines();
            paintHover();
            paintEmptyText();
        });
        clipped(m_geometry.velocities(), [this] { paintVelocities(); });
        clipped(QRect(0, m_geometry.velocities().top(), RollGeometry::keysWidth, RollGeometry::velocityHeight),
                [this] { paintVelocityCaption(); });
        clipped(m_geometry.ruler(), [this] { paintRuler(); });
        clipped(m_geometry.keys(), [this] { paintKeys(); });
        // The head of the playhead may stand half before the first bar.
        clipped((m_geometry.ruler() | m_geometry.notes()).adjusted(-6, 0, 0, 0), [this] { paintPlayhead(); });
    }

private:
    template <typename Paint>
    void clipped(const QRect& area, Paint paintArea) {
        const QRect visible = area & m_dirty;
        if (visible.isEmpty()) return;
        m_painter.save();
        m_painter.setClipRect(visible);
        m_clip = visible;
        paintArea();
        m_painter.restore();
    }

    TickRange clipTicks() const {
        return {m_geometry.tickAt(m_clip.left() - 2), m_geometry.tickAt(m_clip.right() + 2) + TickDelta{1}};
    }

    void verticalLine(double x, int top, int bottom, const QColor& colour) {
        m_painter.fillRect(static_cast<int>(std::floor(x)), top, 1, bottom - top, colour);
    }

    void paintRows() {
        const QRect area = m_geometry.notes();
        const int highest = m_geometry.highestShown().midi();
        for (int number = highest; number >= m_geometry.lowestShown().midi(); --number) {
            const Pitch pitch = Pitch::clamped(number);
            const double top = m_geometry.rowTop(pitch);
            const bool inside = m_view.key ? m_view.key->contains(pitchClass(pitch)) : !isBlackKey(pitch);
            m_painter.fillRect(QRectF(area.left(), top, area.width(), m_geometry.rowHeight()).toAlignedRect(),
                               inside ? m_theme.row : m_theme.rowOutside);
            if (pitchClass(pitch) == 0) {
                const int y = qRound(top + m_geometry.rowHeight());
                m_painter.fillRect(area.left(), y, area.width(), 1, m_theme.beatLine);
            }
        }
    }

    /// Calls `each(bar, x)` for the bars in sight that a grid of lines at least `distance` pixels apart would have.
    template <typename Each>
    void forBars(double distance, Each each) {
        const TickRange shown = clipTicks();
        const double width = static_cast<double>((m_view.meters.barStart(m_view.meters.barAt(shown.begin) + 1) -
                                                  m_view.meters.barStart(m_view.meters.barAt(shown.begin)))
                                                     .value) *
                             m_geometry.pixelsPerTick();
        int step = 1;
        while (width * step < distance) {
            step *= 2;
        }
        // Begins a label's width early, for numbers that reach into sight.
        const int first = m_view.meters.barAt(m_geometry.tickAt(m_clip.left() - 64)) / step * step;
        const int last = m_view.meters.barAt(shown.end);
        for (int bar = first; bar <= last; bar += step) {
            each(bar, m_geometry.x(m_view.meters.barStart(bar)));
        }
    }

    void paintGrid() {
        const QRect area = m_geometry.notes();
        forBars(8, [&](int bar, double x) {
            const Tick begin = m_view.meters.barStart(bar);
            const Meter meter = m_view.meters.meterOfBar(bar);
            const double next = m_geometry.x(m_view.meters.barStart(bar + 1));
            if ((next - x) / meter.numerator >= 8) {
                for (int beat = 1; beat < meter.numerator; ++beat) {
                    verticalLine(x + (next - x) * beat / meter.numerator, area.top(), area.bottom() + 1,
                                 m_theme.beatLine);
                }
            }
            if (begin.value > 0) {
                verticalLine(x, area.top(), area.bottom() + 1, m_theme.barLine);
            }
        });
    }

    void paintNotes() {
        const auto notes = m_view.notes.around(clipTicks());
        if (notes.size() > mostRoundNotes || m_geometry.rowHeight() < 7) {
            paintSquareNotes(notes);
        } else {
            paintRoundNotes(notes);
        }
    }

    /// Opaque, and mixed once for all notes that look alike.
    QRgb colourOf(const RollNotes::ShownNote& note) {
        if (m_view.hovered == note) return mixed(noteColour(note), m_theme.text, 0.35F).rgb();
        const std::size_t part = note.part == RollNotes::Part::seed ? 0 : 1;
        QRgb& colour = m_noteColours[part][note.drums ? 1 : 0][note.shade % trackShades][note.velocity.midi()];
        if (colour == 0) {
            colour = noteColour(note).rgb();
        }
        return colour;
    }

    void paintRoundNotes(std::span<const RollNotes::ShownNote> notes) {
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(Qt::NoPen);
        for (const auto& note : notes) {
            const QRectF row = m_geometry.noteRect({note.begin}, {note.end}, note.pitch);
            const QRectF body(row.left() + 0.5, row.top() + 1, std::max(2.0, row.width() - 1), row.height() - 2);
            if (!body.intersects(m_clip)) continue;
            m_painter.setBrush(QColor::fromRgb(colourOf(note)));
            m_painter.drawRoundedRect(body, std::min(2.5, body.width() / 2), 2.5);
        }
        m_painter.setRenderHint(QPainter::Antialiasing, false);
    }

    void paintSquareNotes(std::span<const RollNotes::ShownNote> notes) {
        struct Row {
            int top = 0;
            int height = 0;
            int paintedTo = 0;  ///< what begins later and ends here or before adds nothing to see
        };
        std::array<Row, Pitch::max + 1> rows;
        for (int number = 0; number <= Pitch::max; ++number) {
            const QRectF row = m_geometry.noteRect({}, {}, Pitch::clamped(number));
            rows[number] = {qRound(row.top()), std::max(1, qRound(row.bottom()) - qRound(row.top()) - 1),
                            m_clip.left()};
        }
        const double origin = m_geometry.x({});
        const double scale = m_geometry.pixelsPerTick();
        Canvas canvas(m_clip);
        for (const auto& note : notes) {
            Row& row = rows[note.pitch.midi()];
            const int left = qRound(origin + static_cast<double>(note.begin) * scale);
            const int right = qRound(origin + static_cast<double>(note.end) * scale);
            const int end = std::max(left + 1, right - left > 3 ? right - 1 : right);
            if (end <= row.paintedTo && m_view.hovered != note) continue;
            row.paintedTo = std::max(row.paintedTo, end);
            canvas.fill({left, row.top, end - left, row.height}, colourOf(note));
        }
        canvas.paintOn(m_painter);
    }

    /// Where the take begins and, if it fills in, where it ends.
    void paintTakeLines() {
        if (!m_view.take) return;
        const QRect area = m_geometry.notes();
        const auto paintLine = [&](Tick tick) {
            m_painter.fillRect(QRectF(m_geometry.x(tick) - 0.75, area.top(), 1.5, area.height()), m_theme.take);
        };
        paintLine(m_view.take->begin);
        if (m_view.takeFillsIn) paintLine(m_view.take->end);
        if (m_view.takeFlag.isEmpty()) return;
        paintPill(m_view.takeFlag, QPointF(m_geometry.x(m_view.take->begin) + 6, area.top() + 8));
    }

    void paintPill(const QString& words, QPointF topLeft) {
        m_painter.setFont(font(TextStyle::small));
        const QRectF pill(topLeft, QSizeF(m_painter.fontMetrics().horizontalAdvance(words) + 16, 20));
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(QPen(m_theme.line, 1));
        m_painter.setBrush(m_theme.raised);
        m_painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        m_painter.setPen(m_theme.text);
        m_painter.drawText(pill, Qt::AlignCenter, words);
        m_painter.setRenderHint(QPainter::Antialiasing, false);
    }

    void paintHover() {
        if (!m_view.hovered) return;
        const auto& note = *m_view.hovered;
        const QRectF body = m_geometry.noteRect({note.begin}, {note.end}, note.pitch);
        const QRect area = m_geometry.notes();
        const bool below = body.top() - 24 < area.top();
        const std::string name = note.drums ? std::string(drumName(note.pitch)) : pitchName(note.pitch);
        paintPill(QStringLiteral("%1   %2").arg(QString::fromStdString(name)).arg(note.velocity.midi()),
                  {std::max<double>(area.left() + 4, body.left()), below ? body.bottom() + 4 : body.top() - 24});
    }

    void paintEmptyText() {
        if (!m_view.notes.isEmpty()) return;
        m_painter.setFont(font(TextStyle::name));
        m_painter.setPen(m_theme.dim);
        m_painter.drawText(m_geometry.notes(), Qt::AlignCenter, m_view.emptyText);
    }

    void paintVelocities() {
        const QRect area = m_geometry.velocities();
        m_painter.fillRect(area.left(), area.top(), area.width(), 1, m_theme.line);
        Canvas canvas(m_clip);
        const auto notes = m_view.notes.around(clipTicks());
        const double origin = m_geometry.x({});
        const double scale = m_geometry.pixelsPerTick();
        for (const bool drums : {true, false}) {
            int column = m_clip.left() - 4;
            int tallest = 0;
            for (const auto& note : notes) {
                if (note.drums != drums) continue;
                const int x = qRound(origin + static_cast<double>(note.begin) * scale);
                const int height = 14 + 56 * note.velocity.midi() / Velocity::max;
                if (x == column && height <= tallest) continue;
                column = x;
                tallest = height;
                canvas.fill({x, area.bottom() - 2 - height, 3, height}, partColour(note).rgba());
            }
        }
        canvas.paintOn(m_painter);
    }

    void paintVelocityCaption() {
        const QRect area(0, m_geometry.velocities().top(), RollGeometry::keysWidth, RollGeometry::velocityHeight);
        m_painter.fillRect(area.left(), area.top(), area.width(), 1, m_theme.line);
        m_painter.setFont(font(TextStyle::small));
        m_painter.setPen(m_theme.dim);
        m_painter.drawText(area.adjusted(0, 8, 0, 0), Qt::AlignHCenter | Qt::AlignTop,
                           QCoreApplication::translate("PianoRoll", "Velocity"));
    }

    void paintRuler() {
        const QRect area = m_geometry.ruler();
        m_painter.setFont(font(TextStyle::small));
        m_painter.setPen(m_theme.dim);
        forBars(36, [&](int bar, double x) {
            m_painter.drawText(QPointF(x + 5, area.top() + 19), QString::number(bar + 1));
            verticalLine(x, area.bottom() - 5, area.bottom() + 1, m_theme.barLine);
        });
        m_painter.fillRect(area.left(), area.bottom(), area.width(), 1, m_theme.line);
        if (!m_view.loop) return;
        const double left = m_geometry.x(m_view.loop->begin);
        const double right = m_geometry.x(m_view.loop->end);
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_view.loopOn ? m_theme.accent : m_theme.barLine);
        m_painter.drawRoundedRect(QRectF(left, area.bottom() - 5, right - left, 5), 2, 2);
        m_painter.setRenderHint(QPainter::Antialiasing, false);
    }

    void paintKeys() {
        const int highest = m_geometry.highestShown().midi();
        const int lowest = m_geometry.lowestShown().midi();
        m_painter.setRenderHint(QPainter::Antialiasing);
        for (const bool black : {false, true}) {
            for (int number = highest; number >= lowest; --number) {
                if (isBlackKey(Pitch::clamped(number)) == black) paintKey(Pitch::clamped(number));
            }
        }
        for (int number = highest; number >= lowest; --number) {
            const Pitch pitch = Pitch::clamped(number);
            if (pitchClass(pitch) == 0 || m_view.heldKey == pitch ||
                (m_view.hovered && m_view.hovered->pitch == pitch)) {
                paintKeyName(pitch);
            }
        }
        m_painter.setRenderHint(QPainter::Antialiasing, false);
    }

    /// As on a piano: a white key is wider at its front by half of each black neighbour.
    QRectF keyRect(Pitch pitch) const {
        const auto reach = [&](int step) {
            return isBlackKey(Pitch::clamped(pitch.midi() + step)) ? m_geometry.rowHeight() / 2 : 0;
        };
        const QRectF row(0, m_geometry.rowTop(pitch), RollGeometry::keysWidth - 1.0, m_geometry.rowHeight());
        return isBlackKey(pitch) ? row.adjusted(0, 0, -22, 0) : row.adjusted(0, -reach(+1), 0, reach(-1));
    }

    void paintKey(Pitch pitch) {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_view.heldKey == pitch ? m_theme.accent
                           : isBlackKey(pitch)     ? m_theme.blackKey
                                                   : m_theme.whiteKey);
        const QRectF key = keyRect(pitch);
        m_painter.drawRoundedRect(key.adjusted(0, 0.4, 0, -0.4), 1.5, 1.5);
        if (!isBlackKey(pitch)) {
            m_painter.fillRect(QRectF(0, key.bottom() - 0.6, key.width(), 1), m_theme.barLine);
        }
    }

    void paintKeyName(Pitch pitch) {
        m_painter.setPen(m_view.heldKey == pitch && !isBlackKey(pitch) ? m_theme.onAccent : m_theme.keyLabel);
        QFont label = font(TextStyle::small);
        label.setPixelSize(10);
        m_painter.setFont(label);
        // In front of the black keys, and on white where the row is too low for it.
        const QString name = QString::fromStdString(pitchName(pitch));
        const int width = m_painter.fontMetrics().horizontalAdvance(name);
        const QRectF place(RollGeometry::keysWidth - 5 - width, keyRect(pitch).center().y() - 4.5, width, 9);
        if (m_view.heldKey != pitch) m_painter.fillRect(place, m_theme.whiteKey);
        m_painter.drawText(place.adjusted(0, -4, 0, 4), Qt::AlignCenter, name);
    }

    void paintPlayhead() {
        const double x = m_geometry.x(m_view.playhead);
        const QRect area = m_geometry.notes();
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.fillRect(QRectF(x - 0.75, 4, 1.5, area.bottom() - 3), m_theme.playhead);
        QPainterPath head;
        head.moveTo(x - 5, 4);
        head.lineTo(x + 5, 4);
        head.lineTo(x, 11);
        head.closeSubpath();
        m_painter.fillPath(head, m_theme.playhead);
        m_painter.setRenderHint(QPainter::Antialiasing, false);
    }

    QPainter& m_painter;
    const RollView& m_view;
    const RollGeometry& m_geometry;
    QRect m_dirty;
    QRect m_clip;
    const Theme& m_theme;
    /// By part, drums or not, shade and velocity; 0 where not mixed yet.
    std::array<std::array<std::array<std::array<QRgb, Velocity::max + 1>, trackShades>, 2>, 2> m_noteColours{};
};

}  // namespace

QColor partColour(const RollNotes::ShownNote& note) {
    const Theme& theme = currentTheme();
    const QColor colour = note.part == RollNotes::Part::seed ? theme.seed : theme.take;
    return note.drums ? mixed(theme.ghost, colour, 0.35F) : colour;
}

QColor noteColour(const RollNotes::ShownNote& note) {
    // Later tracks are a shade nearer to the text; soft notes nearer to the row they lie on.
    const float shade = 0.07F * static_cast<float>(note.shade % trackShades);
    const float level = static_cast<float>(note.velocity.midi()) / Velocity::max;
    const QColor full = mixed(partColour(note), currentTheme().text, note.drums ? 0 : shade);
    return mixed(currentTheme().row, full, 0.45F + 0.55F * level);
}

void paintRoll(QPainter& painter, const RollView& view, const QRect& dirty) { Frame(painter, view, dirty).paint(); }

QRect playheadArea(const RollGeometry& geometry, Tick playhead) {
    return {static_cast<int>(geometry.x(playhead)) - 7, 0, 14, geometry.notes().bottom() + 1};
}

}  // namespace ricercar
