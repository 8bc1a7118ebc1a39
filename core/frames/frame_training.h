#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/frames/frame_model.h"

namespace ricercar {

struct FrameTrainingSettings {
    std::filesystem::path data;  ///< see `readFrameData`
    std::filesystem::path run;   ///< the run directory, made when missing
    /// Passes over the music. Each begins with no piece remembered; what the passes before leave are the weights.
    int epochs = 2;
    std::uint64_t rng = 1;  ///< of the order of the pieces
    Json card = Json::object();
};

struct FrameTrainingOutcome {
    std::filesystem::path model;
    FrameLoss valid;
    std::int64_t weights = 0;
    double seconds = 0;  ///< of learning, without the judgement
};

/// Learns the pieces of "train" and judges those of "valid"; leaves in the run directory config.json, metrics.jsonl and
/// the model. It takes minutes, so there is no checkpoint: stopped, it keeps nothing and is begun anew. The same
/// settings give the same model.
Result<FrameTrainingOutcome> trainFrames(const FrameTrainingSettings& settings, const ProgressSink& progress,
                                         const std::stop_token& stop);

/// The loss over all `pieces`; for `fixedWeights` see `FrameModel::judge`.
Result<FrameLoss> judgeFrames(FrameModel& model, const std::vector<FramePiece>& pieces, bool fixedWeights,
                              const ProgressSink& progress, const std::stop_token& stop);

}  // namespace ricercar
