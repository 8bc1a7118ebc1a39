#include "ui/roll_geometry.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

namespace {
constexpr double smallestQuarter = 0.5;
constexpr double largestQuarter = 480;
/// Rows that are comfortable to read, and how many are shown at least.
constexpr double comfortableRow = 14;
constexpr int fewestRows = 36;
}  // namespace

QRect RollGeometry::ruler() const { return {keysWidth, 0, m_size.width() - keysWidth - scrollBarExtent, rulerHeight}; }

QRect RollGeometry::keys() const { return {0, rulerHeight, keysWidth, notes().height()}; }

QRect RollGeometry::notes() const {
    return {keysWidth, rulerHeight, std::max(1, m_size.width() - keysWidth - scrollBarExtent),
            std::max(1, m_size.height() - rulerHeight - velocityHeight - scrollBarExtent)};
}

QRect RollGeometry::velocities() const { return {keysWidth, notes().bottom() + 1, notes().width(), velocityHeight}; }

void RollGeometry::resize(QSize size) {
    m_size = size;
    scrollTo(m_scroll);
}

void RollGeometry::setMusic(int ticksPerQuarter, Tick end) {
    m_ticksPerQuarter = ticksPerQuarter;
    m_end = end;
    scrollTo(m_scroll);
}

double RollGeometry::x(Tick tick) const {
    return notes().left() + static_cast<double>(tick.value) * pixelsPerTick() - m_scroll.x();
}

Tick RollGeometry::tickAt(double x) const {
    return {std::max<std::int64_t>(0, std::llround((x - notes().left() + m_scroll.x()) / pixelsPerTick()))};
}

std::optional<Pitch> RollGeometry::pitchAt(double y) const {
    return Pitch::fromMidi(Pitch::max - static_cast<int>(std::floor((y - notes().top() + m_scroll.y()) / m_rowHeight)));
}

Pitch RollGeometry::highestShown() const { return pitchAt(notes().top()).value_or(Pitch::clamped(Pitch::max)); }

Pitch RollGeometry::lowestShown() const { return pitchAt(notes().bottom()).value_or(Pitch::clamped(Pitch::min)); }

QRectF RollGeometry::noteRect(Tick begin, Tick end, Pitch pitch) const {
    return {x(begin), rowTop(pitch), static_cast<double>((end - begin).value) * pixelsPerTick(), m_rowHeight};
}

void RollGeometry::zoomTime(double factor, double anchorX) {
    const double inside = anchorX - notes().left();
    const double before = m_pixelsPerQuarter;
    m_pixelsPerQuarter = std::clamp(m_pixelsPerQuarter * factor, smallestQuarter, largestQuarter);
    scrollTo({(m_scroll.x() + inside) * (m_pixelsPerQuarter / before) - inside, m_scroll.y()});
}

void RollGeometry::zoomPitch(double factor, double anchorY) {
    const double inside = anchorY - notes().top();
    const double before = m_rowHeight;
    m_rowHeight = std::clamp(m_rowHeight * factor, smallestRow, largestRow);
    scrollTo({m_scroll.x(), (m_scroll.y() + inside) * (m_rowHeight / before) - inside});
}

void RollGeometry::showTicks(TickRange range) {
    const double quarters = static_cast<double>(std::max<std::int64_t>(1, range.length().value)) / m_ticksPerQuarter;
    m_pixelsPerQuarter = std::clamp(notes().width() / quarters, smallestQuarter, largestQuarter);
    scrollTo({static_cast<double>(range.begin.value) * pixelsPerTick(), m_scroll.y()});
}

void RollGeometry::showPitches(Pitch lowest, Pitch highest) {
    const int rows = std::max(fewestRows, highest.midi() - lowest.midi() + 5);
    m_rowHeight = std::clamp(static_cast<double>(notes().height()) / rows, smallestRow, comfortableRow);
    const double middle = Pitch::max - (lowest.midi() + highest.midi()) / 2.0 + 0.5;
    scrollTo({m_scroll.x(), middle * m_rowHeight - notes().height() / 2.0});
}

QPointF RollGeometry::largestScroll() const {
    const double length = static_cast<double>(m_end.value) * pixelsPerTick();
    const double page = notes().width();
    return {std::max(0.0, length - page / 4), std::max(0.0, 128 * m_rowHeight - notes().height())};
}

void RollGeometry::scrollTo(QPointF scroll) {
    const QPointF largest = largestScroll();
    m_scroll = {std::clamp(scroll.x(), 0.0, largest.x()), std::clamp(scroll.y(), 0.0, largest.y())};
}

}  // namespace ricercar
