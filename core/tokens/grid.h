#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "core/music/song.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

// What both vocabularies measure time with: ticks of `gridPerQuarter` to the quarter, a table of time signatures whose
// bars are whole sixteenths, tempo bins and a table of durations.

/// Time signatures that have a token: bars of 1/16 to 8 quarters over 2, 4, 8 and 16.
std::span<const Meter> gridMeters();
/// Index of `meter` or, where it has no token, of the one whose bar is nearest in length.
int nearestMeter(Meter meter);
/// Length of the bar of `gridMeters()[index]` in grid ticks.
int gridBarLength(int meterIndex);
inline constexpr int longestGridBar = 8 * gridPerQuarter;

/// Tempo bins, evenly spaced in logarithm from 40 to 250 quarters a minute.
inline constexpr int tempoBins = 32;
int tempoBin(double quartersPerMinute);
double tempoOfBin(int bin);

/// Sixteen bins of eight velocities.
inline constexpr int velocityBins = 16;
int velocityBin(Velocity velocity);
Velocity velocityOfBin(int bin);

/// Durations in grid ticks: every tick up to a quarter, then multiples of 3 and 4, of 6 and 8 ... up to 16 quarters.
std::span<const int> gridDurations();
/// Index of the nearest duration; of two equally near the shorter.
int nearestDuration(double gridTicks);
/// Index of the longest duration that is not longer; `gridTicks` at least 1.
int durationWithin(std::int64_t gridTicks);

/// Nearest grid tick; halves round up.
std::int64_t toGrid(std::int64_t ticks, int ticksPerQuarter);

struct GridBar {
    std::int64_t start = 0;  ///< in grid ticks
    int meter = 0;           ///< index into gridMeters()
    int tempo = 0;           ///< bin of the tempo at its start

    bool operator==(const GridBar&) const = default;
    std::int64_t end() const { return start + gridBarLength(meter); }
};

/// The bars of a song up to its end, on the grid. Onsets never move: where the song's bars are not in the table (3/1,
/// 5/32), the nearest bars that hold them stand instead, and a change of metre that would leave a bar of no whole
/// sixteenths waits for the next line. At most `mostGridBars` bars; music after them is left out.
std::vector<GridBar> gridBars(const Song& song);
inline constexpr int mostGridBars = 20'000;

/// One instrument on the grid: `part` counts the tracks of equal program from 1.
struct GridPart {
    bool drums = false;
    int program = 0;  ///< 0 for drums
    int part = 1;

    auto operator<=>(const GridPart&) const = default;  ///< drums come last
};

struct GridTrack {
    GridPart part;
    std::vector<Note> notes;          ///< in grid ticks, sorted by `earlierNote`
    std::set<std::size_t> sources{};  ///< the song's tracks that it is made of, where it is made of a song
};

/// The song that these bars and tracks are: tempo and metre changes at the bars where they change, channels and names
/// given by part, notes cut at the end of the last bar.
Song gridSong(std::span<const GridBar> bars, std::span<const GridTrack> tracks);

}  // namespace ricercar
