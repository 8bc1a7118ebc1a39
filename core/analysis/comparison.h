#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/analysis/copies.h"
#include "core/analysis/features.h"
#include "core/analysis/loops.h"

namespace ricercar {

/// What is told of one piece of a set, e.g. of one take.
struct PieceFigures {
    Features features;  ///< up to the end of the song
    int timesRunning = 0;
    int timesAllowed = mostTimesRunning;  ///< more where the piece that it goes on from runs more often itself
    bool endsOnBarLine = false;
    std::optional<Copies> copies;  ///< none: not looked for

    bool stuck() const { return timesRunning > timesAllowed; }
};

/// Copies are looked for where there is an `index`, but for those in its piece `except`.
PieceFigures pieceFigures(const Song& song, const CopyIndex* index = nullptr, std::optional<std::size_t> except = {});

/// The value below which `share` of the values lie, between two of them in proportion; those that are not a number are
/// left out. Not a number where no value is left.
double quantile(std::vector<double> values, double share);

struct Quartiles {
    double lower = Features::none;
    double median = Features::none;
    double upper = Features::none;

    /// Whether the value lies in the interquartile range, its ends included.
    bool hold(double value) const { return lower <= value && value <= upper; }
};
Quartiles quartiles(const std::vector<double>& values);

/// The area below both of two densities, 0 to 1 (Yang and Lerch, "On the evaluation of generative models in music",
/// Neural Computing and Applications 2020, section 4.2): Gaussian kernels of Scott's width n^(-1/5) * deviation. Not a
/// number where a set has fewer than two values or values that are all the same.
double overlappingArea(std::vector<double> a, std::vector<double> b);

/// One feature of a set of takes beside that of real music.
struct FeatureComparison {
    FeatureField field;
    bool judged = false;  ///< whether takes have to be like real music in it
    Quartiles real;
    Quartiles takes;
    double insideShare = Features::none;  ///< of the takes that have it: those in the interquartile range of the real
    double overlap = Features::none;      ///< see `overlappingArea`

    /// Whether the typical take is like the middle half of real music.
    bool alike() const { return real.hold(takes.median); }
};
/// One for each of `featureFields`.
std::vector<FeatureComparison> compareFeatures(std::span<const PieceFigures> real, std::span<const PieceFigures> takes);

/// What a set of pieces copies, of those that were looked at.
struct CopySummary {
    double medianNotes = Features::none;  ///< of the longest run of each piece
    double highNotes = Features::none;    ///< its 95th percentile
    double highBars = Features::none;
    double medianShare = Features::none;  ///< see `Copies::copiedShare`
    double highShare = Features::none;
    const CopiedRun* longest = nullptr;  ///< of all; in `pieces`
};
CopySummary summariseCopies(std::span<const PieceFigures> pieces);

/// The share of the pieces whose longest run has more than so many notes.
double shareWithLongerCopies(std::span<const PieceFigures> pieces, double notes);

}  // namespace ricercar
