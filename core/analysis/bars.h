#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// Only broken files have more bars; the analysis looks at the first so many.
inline constexpr int mostBars = 100'000;

/// Where each bar up to the end of the last note begins and, as the last element, where the last bar ends. Just tick 0
/// for a song without notes.
std::vector<Tick> barLines(const Song& song);
/// The same up to `end`, which may lie after the last note.
std::vector<Tick> barLines(const Song& song, Tick end);

/// The step nearest to `tick` on a grid of `stepsPerQuarter`.
std::int64_t gridStep(Tick tick, int stepsPerQuarter, int ticksPerQuarter);

/// The grid on which chords and repeated bars are found: it holds 32nds and triplets of sixteenths.
inline constexpr int fineStepsPerQuarter = 24;

/// Where a note begins, on some grid.
struct GridOnset {
    std::size_t bar;
    std::int64_t position;  ///< in steps from the bar line
    int pitch;              ///< drums have numbers of their own

    auto operator<=>(const GridOnset&) const = default;
};

/// Sorted, equal ones once; `bars` as `barLines` gives them. The notes are rounded to the grid before their bar is
/// sought, so that a note played a little early counts in the bar that it belongs to.
std::vector<GridOnset> gridOnsets(const Song& song, const std::vector<Tick>& bars, int stepsPerQuarter);

}  // namespace ricercar
