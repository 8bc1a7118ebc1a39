#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// How long each pitch class sounds, C first, in quarter notes.
using PitchClassProfile = std::array<double, 12>;

/// The most likely key and the one after it, each with its correlation of -1 to 1.
struct KeyEstimate {
    Key key;
    double correlation = 0;
    Key runnerUp;
    double runnerUpCorrelation = 0;

    bool operator==(const KeyEstimate&) const = default;
};

/// Krumhansl-Schmuckler: the key whose Krumhansl-Kessler probe-tone profile has the highest Pearson correlation with
/// `profile` (Krumhansl, "Cognitive Foundations of Musical Pitch", 1990, chapter 4; the profiles: Krumhansl and
/// Kessler 1982, table 2.1 there). Nothing when all pitch classes sound equally long, e.g. not at all.
std::optional<KeyEstimate> findKey(const PitchClassProfile& profile);

/// The key of the whole piece, drums left out.
std::optional<KeyEstimate> findKey(const Song& song);

/// How long each pitch class sounds in each bar up to the last note (see `barLines`), drums left out; a note held
/// across a bar line counts in both bars.
std::vector<PitchClassProfile> barProfiles(const Song& song);

struct KeyOfBars {
    int firstBar = 0;
    int lastBar = 0;  ///< included
    std::optional<KeyEstimate> estimate;
};

/// The key in a window of `window` bars that moves on by `step` bars; the last window ends with the last bar. A piece
/// shorter than the window has one window. `window` and `step` are at least 1.
std::vector<KeyOfBars> slidingKeys(std::span<const PitchClassProfile> bars, int window, int step);

}  // namespace ricercar
