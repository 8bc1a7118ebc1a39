#pragma once

#include <array>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/music/song.h"

namespace ricercar {

/// Figures that describe a piece and by which generated music is compared with written music. Not a number where the
/// piece does not have it: pitches in drum music, groove in a single bar, anything without notes. "Pitched" leaves the
/// drums out.
struct Features {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    /// Notes by the time from the first onset to the last end.
    double notesPerSecond = none;
    /// Notes by the bars up to the last end.
    double notesPerBar = none;
    /// Different pitches that sound at once: mean over the time in which any does, and the most.
    double meanPolyphony = none;
    double maxPolyphony = none;
    /// MIDI numbers, pitched.
    double lowestPitch = none;
    double highestPitch = none;
    /// Shannon entropy in bits of the histogram of pitch classes, one count for each pitched note; 0 to 3.585 (Wu and
    /// Yang, "The Jazz Transformer on the Front Line", ISMIR 2020, pitch-class histogram entropy; here over the whole
    /// piece).
    double pitchClassEntropy = none;
    /// Share of the pitched notes that lie in the best of the 24 major and natural minor scales (Mogren, "C-RNN-GAN",
    /// 2016, section 4: scale consistency).
    double scaleConsistency = none;
    /// 1 - mean Hamming distance of the onset vectors of neighbouring bars / positions in the bar, on the grid of
    /// sixteenths, drums included (grooving pattern similarity of Wu and Yang 2020, of neighbours only as in MusPy,
    /// ISMIR 2020).
    double grooveConsistency = none;
    /// Share of the bars in which nothing sounds.
    double emptyBarRate = none;
    /// Share of the bars with onsets in which the same pitches begin at the same positions (24 to the quarter) as in
    /// some earlier bar.
    double repeatedBarRate = none;
    /// Standard deviation of the velocities.
    double velocitySpread = none;
};

/// Every field of `Features`, for whatever treats them alike.
struct FeatureField {
    double Features::*value;
    std::string_view name;   ///< in JSON
    std::string_view label;  ///< for people
};
inline constexpr std::array<FeatureField, 12> featureFields = {
    {{&Features::notesPerSecond, "notesPerSecond", "notes per second"},
     {&Features::notesPerBar, "notesPerBar", "notes per bar"},
     {&Features::meanPolyphony, "meanPolyphony", "polyphony, mean"},
     {&Features::maxPolyphony, "maxPolyphony", "polyphony, most"},
     {&Features::lowestPitch, "lowestPitch", "lowest pitch"},
     {&Features::highestPitch, "highestPitch", "highest pitch"},
     {&Features::pitchClassEntropy, "pitchClassEntropy", "pitch-class entropy"},
     {&Features::scaleConsistency, "scaleConsistency", "scale consistency"},
     {&Features::grooveConsistency, "grooveConsistency", "groove consistency"},
     {&Features::emptyBarRate, "emptyBarRate", "empty bars"},
     {&Features::repeatedBarRate, "repeatedBarRate", "repeated bars"},
     {&Features::velocitySpread, "velocitySpread", "velocity spread"}}};

/// Up to the end of the last note.
Features features(const Song& song);
/// Up to `end`, not before the last note: bars of silence at the end count.
Features features(const Song& song, Tick end);

/// The mean of each feature over the pieces that have it.
Features meanFeatures(std::span<const Features> pieces);

/// An object; features the piece does not have are null.
Json toJson(const Features& features);

/// For people, three in a line; lines end with '\n'.
std::string reportText(const Features& features);

}  // namespace ricercar
