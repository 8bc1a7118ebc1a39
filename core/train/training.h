#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/train/network_backend.h"

namespace ricercar {

/// What `ricercar-engine train` is asked to do.
struct TrainingSettings {
    std::filesystem::path folder;       ///< of MIDI files, or one file
    std::filesystem::path validFolder;  ///< held-out pieces; empty: a part of `folder` is held out
    std::filesystem::path run;          ///< the run directory, made when missing
    std::string preset = "fast";
    std::string base;               ///< a model to go on from, see `findModel`; empty: from scratch
    std::filesystem::path card;     ///< a JSON object whose fields join the model's card; may be empty
    std::optional<double> minutes;  ///< of training; the schedule ends with them
    std::optional<int> epochs;      ///< the preset's where neither is given
    std::string device = "auto";    ///< auto, cpu or cuda
    std::uint64_t rng = 1;
    bool resume = false;  ///< go on from the checkpoint in `run`
};

/// What happens while training, called on its thread. `event` is a line of `metrics.jsonl`; docs/protocol.md has its
/// fields. Both may be empty.
struct TrainingEvents {
    std::function<void(const Json& event)> event;
    ProgressSink scan;
};

struct TrainingOutcome {
    std::filesystem::path model;  ///< the best one
    std::string reason;           ///< why it ended, for people
    double natsPerNote = 0;       ///< of the best model on the held-out music
    std::int64_t steps = 0;
};

/// Scans the folder, trains, and leaves in `settings.run` config.json, metrics.jsonl, the checkpoint, the best model
/// and samples of one seed. Ends with the schedule, early when the held-out loss stops falling, or when `stop` is
/// requested; each leaves a usable model. Killed at any moment, it goes on from the last checkpoint with `resume`; a
/// run by epochs on one thread then ends in the same weights bit by bit.
Result<TrainingOutcome> train(const TrainingSettings& settings, const NetworkBackend& backend,
                              const TrainingEvents& events = {}, std::stop_token stop = {});

}  // namespace ricercar
