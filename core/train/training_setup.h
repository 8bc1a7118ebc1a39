#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "core/base/progress.h"
#include "core/model/model_file.h"
#include "core/train/holdout.h"
#include "core/train/preset.h"
#include "core/train/training.h"

namespace ricercar {

/// All that a training run is before its first step: what it begins from, how it trains, and on which music.
struct TrainingSetup {
    TrainingSettings settings;  ///< those of the run that is resumed have joined
    Json begun;                 ///< `configOf` the run that is resumed; null for a new one
    Preset preset;              ///< with the network, window and learning rate of this run
    std::shared_ptr<const Vocabulary> vocabulary;
    std::optional<ModelFile> base;
    Split split;
    std::size_t trainTokens = 0;
    double dropout = 0;
    double ownKeys = 0;            ///< see `TrainingWindows`
    Json card = Json::object();    ///< what the user's file adds to the model's card
    ModelDescription description;  ///< of the model to be, with all of its card that is known by now

    std::uint64_t rng() const { return settings.rng.value_or(1); }
};

/// Errors: what `settings` ask for does not go together or is not there, also in the run that they resume; music that
/// cannot be read or is too little; stopped.
Result<TrainingSetup> setUp(TrainingSettings settings, const ProgressSink& scan, const std::stop_token& stop);

/// What the run's config.json has.
Json configOf(const TrainingSetup& setup);

}  // namespace ricercar
