#pragma once

#include <optional>

#include <QColor>
#include <QRect>
#include <QString>

#include "core/music/song.h"
#include "ui/roll_geometry.h"
#include "ui/roll_notes.h"

class QPainter;

namespace ricercar {

/// Everything that the piano roll shows.
struct RollView {
    RollGeometry geometry;
    RollNotes notes;
    MeterMap meters{480, {}};
    std::optional<Key> key;  ///< rows outside it are darker; nothing: rows of black keys are
    std::optional<TickRange> take;
    bool takeFillsIn = false;  ///< there is music of the seed around it
    QString takeFlag;          ///< beside the line where the take begins
    Tick playhead;
    std::optional<TickRange> loop;
    bool loopOn = false;
    std::optional<Pitch> heldKey;  ///< sounds under the mouse
    std::optional<RollNotes::ShownNote> hovered;
    QString emptyText;  ///< where there is no note
};

/// Paints the part of `view` that lies in `dirty`, in the colours of the current theme.
void paintRoll(QPainter& painter, const RollView& view, const QRect& dirty);

/// The colour of a note's part, paler for drums.
QColor partColour(const RollNotes::ShownNote& note);

/// The colour of a note as it is painted, without the mark of the hovered one.
QColor noteColour(const RollNotes::ShownNote& note);

/// The part of the widget that the playhead covers.
QRect playheadArea(const RollGeometry& geometry, Tick playhead);

}  // namespace ricercar
