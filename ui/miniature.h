#pragma once

#include <vector>

#include <QColor>
#include <QRectF>

#include "core/music/song.h"

class QPainter;

namespace ricercar {

/// A small picture of a song: every note a line, time to the right, pitch upwards, both stretched to the picture.
/// Made once for each song (on any thread), painted often; its size does not grow with the song's.
class Miniature {
public:
    /// The empty picture.
    Miniature() = default;
    explicit Miniature(const Song& song);

    bool isEmpty() const { return m_lines.empty(); }
    /// Louder notes are more opaque.
    void paint(QPainter& painter, const QRectF& area, const QColor& colour) const;

private:
    struct Line {
        float begin;     ///< 0 to 1 of the width
        float end;       ///< 0 to 1
        float height;    ///< 0 (highest pitch) to 1 (lowest)
        float strength;  ///< 0 to 1
    };
    std::vector<Line> m_lines;
};

}  // namespace ricercar
