#pragma once

#include <optional>

#include "core/music/song.h"
#include "ui/roll_notes.h"

namespace ricercar {

/// A place in the piano roll, as the mouse points at it.
struct RollPlace {
    Tick tick;
    Pitch pitch;
    std::optional<RollNotes::ShownNote> note;  ///< the one on top there
};

/// What the left mouse button does among the notes. The roll has one tool at a time.
class RollTool {
public:
    virtual ~RollTool() = default;

    virtual void press(const RollPlace& place) = 0;
    /// The button is down.
    virtual void drag(const RollPlace& place) = 0;
    virtual void release() = 0;
};

}  // namespace ricercar
