#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/comparison.h"
#include "core/base/json.h"
#include "core/generate/generate_settings.h"

namespace ricercar {

/// How takes are compared with real music.
struct MusicSettings {
    int seedBars = 4;       ///< of a held-out piece, from which takes go on
    int fromSeeds = 200;    ///< takes at each temperature
    int fromNothing = 100;  ///< the same
    int takesOfSeed = 4;    ///< from one seed, drawn as one batch
    std::vector<double> temperatures = {0.8, 1.0, 1.2};
    /// Length of the takes, min-p, top-p and random seed. The number of takes and the temperature stand above.
    GenerateSettings generate{.bars = 16, .rng = 1};
    /// What the model learned from, a folder of MIDI files or a training run: takes are searched for what they copy
    /// from it. Empty: they are not.
    std::filesystem::path against;
    std::filesystem::path out;  ///< where the takes are left as MIDI files; empty: nowhere
};

struct TakesAtTemperature {
    bool fromSeeds = false;
    double temperature = 0;
    std::vector<PieceFigures> takes;
};

/// Takes beside real music. Real are at least 200 windows of held-out pieces, as long as a take, those that follow the
/// seeds first.
struct MusicReport {
    std::string model;  ///< its name
    MusicSettings settings;
    std::size_t pieces = 0;  ///< of the held-out folder that are long enough
    bool stopped = false;    ///< before all takes were drawn
    std::vector<PieceFigures> real;
    std::vector<TakesAtTemperature> sets;     ///< those from seeds first
    std::vector<std::string> trainingPieces;  ///< what `CopiedRun::piece` numbers
};

/// What docs/results.md explains: for each set of takes each feature, and what the takes are judged by.
Json toJson(const MusicReport& report);
/// The same as tables in Markdown.
std::string reportText(const MusicReport& report);

}  // namespace ricercar
