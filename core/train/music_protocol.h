#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/analysis/comparison.h"
#include "core/base/progress.h"
#include "core/generate/generate.h"

namespace ricercar {

/// How takes are compared with real music.
struct MusicSettings {
    int seedBars = 4;       ///< of a held-out piece, from which takes go on
    int fromSeeds = 200;    ///< takes at each temperature
    int fromNothing = 100;  ///< the same
    int takesOfSeed = 4;    ///< from one seed, drawn as one batch
    std::vector<double> temperatures = {0.8, 1.0, 1.2};
    /// Length of the takes, top-p and random seed. The number of takes and the temperature stand above.
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

/// Draws takes after seeds from the pieces of `folder`, and from nothing, and measures them and the pieces. Both are
/// measured as the model's vocabulary holds them. The same settings give the same report. When `stop` is requested the
/// report is about the takes that are whole; an error where there is none.
///
/// Errors: no usable piece in `folder` or none with as many bars as seed and take have together; those of `generate`.
Result<MusicReport> compareMusic(const std::shared_ptr<const Model>& model, const std::filesystem::path& folder,
                                 const MusicSettings& settings, const ProgressSink& progress = {},
                                 const std::stop_token& stop = {});

/// What docs/results.md explains: for each set of takes each feature, and what the takes are judged by.
Json toJson(const MusicReport& report);
/// The same as tables in Markdown.
std::string reportText(const MusicReport& report);

}  // namespace ricercar
