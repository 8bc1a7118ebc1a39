#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace ricercar {

/// What `ricercar-engine train` is asked to do.
struct TrainingSettings {
    std::filesystem::path folder;       ///< of MIDI files, or one file
    std::filesystem::path validFolder;  ///< held-out pieces; empty: a part of `folder` is held out by piece
    std::filesystem::path run;          ///< the run directory, made when missing
    std::string preset = "fast";
    std::string base;  ///< a model to go on from; empty: from scratch
    std::optional<double> minutes;
    std::optional<int> epochs;
    std::string device = "auto";  ///< auto, cpu or cuda
    std::uint64_t rng = 1;
    bool resume = false;
};

/// One line of `metrics.jsonl` and of `--json`; see docs/protocol.md.
using TrainingEventSink = std::function<void(const Json& event)>;

}  // namespace ricercar
