#pragma once

#include <cstdint>
#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// Only broken files have more bars; the analysis looks at the first so many.
inline constexpr int mostBars = 100'000;

/// Where each bar up to the end of the last note begins and, as the last element, where the last bar ends. Just tick 0
/// for a song without notes.
std::vector<Tick> barLines(const Song& song);

/// The step nearest to `tick` on a grid of `stepsPerQuarter`.
std::int64_t gridStep(Tick tick, int stepsPerQuarter, int ticksPerQuarter);

/// The grid on which chords and repeated bars are found: it holds 32nds and triplets of sixteenths.
inline constexpr int fineStepsPerQuarter = 24;

}  // namespace ricercar
