#include "ui/miniature.h"

#include <algorithm>
#include <map>
#include <utility>

#include <QPainter>

namespace ricercar {

namespace {
/// Notes of one pitch that begin in the same column are one line.
constexpr int columns = 256;
}  // namespace

Miniature::Miniature(const Song& song) {
    const double length = static_cast<double>(std::max<std::int64_t>(1, lastNoteEnd(song).value));
    struct Stroke {
        int lastColumn = 0;
        int velocity = 0;
    };
    std::map<std::pair<int, int>, Stroke> strokes;  // by column and pitch
    int lowest = Pitch::max;
    int highest = Pitch::min;
    const auto column = [&](Tick tick) { return static_cast<int>(static_cast<double>(tick.value) / length * columns); };
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            const int pitch = note.pitch.midi();
            Stroke& stroke = strokes[{column(note.onset), pitch}];
            stroke.lastColumn = std::max(stroke.lastColumn, column(note.end()));
            stroke.velocity = std::max(stroke.velocity, note.velocity.midi());
            lowest = std::min(lowest, pitch);
            highest = std::max(highest, pitch);
        }
    }
    const int range = std::max(1, highest - lowest);
    m_lines.reserve(strokes.size());
    for (const auto& [place, stroke] : strokes) {
        const auto [begin, pitch] = place;
        m_lines.push_back({static_cast<float>(begin) / columns, static_cast<float>(stroke.lastColumn) / columns,
                           static_cast<float>(highest - pitch) / static_cast<float>(range),
                           static_cast<float>(stroke.velocity) / Velocity::max});
    }
}

void Miniature::paint(QPainter& painter, const QRectF& area, const QColor& colour) const {
    constexpr double thickness = 2.5;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    for (const Line& line : m_lines) {
        QColor shade = colour;
        shade.setAlphaF(0.55F + 0.45F * line.strength);
        painter.setBrush(shade);
        const double width = std::max(2.0, (line.end - line.begin) * area.width() - 1.0);
        painter.drawRoundedRect(QRectF(area.left() + line.begin * (area.width() - 2.0),
                                       area.top() + line.height * (area.height() - thickness), width, thickness),
                                1.0, 1.0);
    }
    painter.restore();
}

}  // namespace ricercar
