#pragma once

#include "core/music/song.h"

namespace ricercar {

/// How often a bar, or a group of up to four bars, is heard running: 1 where none comes again at once, 0 without notes.
/// Two bars are alike when at least four fifths of their onsets are in both, by pitch and by position on the grid of
/// `fineStepsPerQuarter`, drums included: a loop is no less stuck for a note that differs. Silence alone is none.
int timesRunning(const Song& song);

/// Music that runs more often in place is stuck, unless it is asked to.
inline constexpr int mostTimesRunning = 4;

}  // namespace ricercar
