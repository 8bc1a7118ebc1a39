#pragma once

#include <optional>

#include <QPointF>
#include <QRect>
#include <QSize>

#include "core/music/song.h"

namespace ricercar {

/// Where things are in the piano roll: the areas of the widget, and times and pitches in pixels of the widget. A plain
/// value; every call keeps the view within the music.
class RollGeometry {
public:
    static constexpr int rulerHeight = 30;
    static constexpr int keysWidth = 52;
    static constexpr int velocityHeight = 84;
    static constexpr int scrollBarExtent = 10;
    static constexpr double smallestRow = 5;
    static constexpr double largestRow = 32;

    // Areas.
    QRect ruler() const;
    QRect keys() const;
    QRect notes() const;
    QRect velocities() const;

    void resize(QSize size);
    /// What can be scrolled to: until `end` is a quarter of the page from the left.
    void setMusic(int ticksPerQuarter, Tick end);

    double x(Tick tick) const;
    /// Not before 0.
    Tick tickAt(double x) const;
    int ticksPerQuarter() const { return m_ticksPerQuarter; }
    double pixelsPerTick() const { return m_pixelsPerQuarter / m_ticksPerQuarter; }
    /// What the area of the notes shows.
    TickRange shownTicks() const { return {tickAt(notes().left()), tickAt(notes().right() + 1)}; }

    /// Whether every time and every pitch has the same place in `other`.
    bool showsAs(const RollGeometry& other) const {
        return m_size == other.m_size && m_scroll == other.m_scroll && m_rowHeight == other.m_rowHeight &&
               pixelsPerTick() == other.pixelsPerTick();
    }

    double rowTop(Pitch pitch) const { return rowTop(pitch.midi()); }
    double rowHeight() const { return m_rowHeight; }
    /// Nothing above the highest and below the lowest row.
    std::optional<Pitch> pitchAt(double y) const;
    Pitch highestShown() const;
    Pitch lowestShown() const;
    QRectF noteRect(Tick begin, Tick end, Pitch pitch) const;

    /// Zooms; what is at the pixel `anchor` stays there.
    void zoomTime(double factor, double anchorX);
    void zoomPitch(double factor, double anchorY);
    /// Makes `range` fill the width, as far as the limits of zoom allow.
    void showTicks(TickRange range);
    /// Makes the rows of these pitches visible, in rows as high as comfortable, centred.
    void showPitches(Pitch lowest, Pitch highest);

    /// Scrolling is in pixels from the first tick and the highest pitch.
    QPointF scroll() const { return m_scroll; }
    QPointF largestScroll() const;
    void scrollTo(QPointF scroll);

private:
    double rowTop(int pitch) const { return notes().top() + (Pitch::max - pitch) * m_rowHeight - m_scroll.y(); }

    QSize m_size{800, 500};
    int m_ticksPerQuarter = 480;
    Tick m_end;
    double m_pixelsPerQuarter = 18;
    double m_rowHeight = 12;
    QPointF m_scroll{0, 400};
};

}  // namespace ricercar
