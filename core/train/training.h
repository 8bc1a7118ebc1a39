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
#include "core/train/power.h"

namespace ricercar {

/// What `ricercar-engine train` is asked to do.
struct TrainingSettings {
    std::filesystem::path folder;            ///< of MIDI files, or one file
    std::optional<std::string> validFolder;  ///< held-out pieces; none: a part of `folder` is held out
    std::filesystem::path run;               ///< the run directory, made when missing
    std::optional<std::string> preset;       ///< none: the base's, or "fast"
    std::optional<std::string> base;         ///< a model to go on from, see `findModel`; none: from scratch
    std::filesystem::path card;              ///< a JSON object whose fields join the model's card; may be empty
    std::optional<double> minutes;           ///< of training; the schedule ends with them
    bool processorTime = false;              ///< minutes of processor time, of all threads together
    std::optional<int> epochs;               ///< the preset's where neither is given
    std::string device = "auto";             ///< auto, cpu or cuda
    std::optional<int> batch;                ///< windows of a step, of all workers together; none: the preset's
    double joinSeconds = 600;                ///< how long a worker waits for the others to come
    std::optional<std::uint64_t> rng;        ///< none: 1
    std::optional<int> threads;              ///< of the processor; none: what is fastest at the start, by trying
    std::optional<double> memory;            ///< gigabytes that may be used; none: half of what others leave
    bool pauseOnBattery = false;             ///< wait as long as the machine runs on its battery
    std::filesystem::path powerSupplies = ricercar::powerSupplies;  ///< see `onBattery`
    /// Go on from the checkpoint in `run`, with what the run was begun with. Something else may be given for minutes
    /// and epochs alone.
    bool resume = false;
};

/// What happens while training, called on its thread. `event` is a line of `metrics.jsonl`; docs/protocol.md has its
/// fields. Both may be empty.
struct TrainingEvents {
    std::function<void(const Json& event)> event;
    ProgressSink scan;
};

struct TrainingOutcome {
    std::filesystem::path model;        ///< the best one
    std::string reason;                 ///< why it ended, for people
    std::optional<double> natsPerNote;  ///< of the best model on the held-out music; none: stopped before it was judged
    std::optional<double> baseNatsPerNote;  ///< of the base on the same music; none: from scratch, or stopped before
    std::int64_t steps = 0;
};

/// Scans the folder, trains, and leaves in `settings.run` config.json, metrics.jsonl, the checkpoint, the best model
/// and samples of one seed. Ends with the schedule, early when the held-out loss stops falling, or within a step's time
/// when `stop` is requested; each leaves a usable model. Stopped or killed at any moment, it goes on from the last
/// checkpoint with `resume`; a run by epochs on one thread then ends in the same weights and the same best model bit by
/// bit.
///
/// Where the environment names workers (see `Workers`), all of them call this with the same settings and train
/// together, each on its rows of every batch; on processors the result is that of one process but for the order of
/// sums. Worker 0 alone writes and tells events. Started again by torchrun, they go on as with `resume`.
Result<TrainingOutcome> train(const TrainingSettings& settings, const NetworkBackend& backend,
                              const TrainingEvents& events = {}, std::stop_token stop = {});

}  // namespace ricercar
