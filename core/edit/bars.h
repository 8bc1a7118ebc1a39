#pragma once

#include "core/music/song.h"

namespace ricercar {

/// The bars `firstBar` to `lastBar` (0 <= firstBar <= lastBar, both included) as a song of its own that starts at tick
/// 0 and ends on its last bar line, also where `song` is shorter. Tempo, metre, key, programs, controllers and bends in
/// force at its start are stated there; notes that sound across either end are cut there. All tracks stay, also those
/// that have no notes there.
Song barsOf(const Song& song, int firstBar, int lastBar);

/// How many bars of music that is being written in the order of its onsets are whole: those before the bar in which the
/// last note begins.
int wholeBars(const Song& song);

/// `a`, and from its next bar line on `b`. Differing resolutions are brought to their least common multiple, or to the
/// finer one where that is above 32767. A track of `b` continues the first track of `a` that has the same name and
/// program and, like it, is drums or not; the others are added.
Song joined(const Song& a, const Song& b);

}  // namespace ricercar
