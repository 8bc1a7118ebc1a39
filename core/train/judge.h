#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/model/model_file.h"
#include "core/train/evaluation.h"

namespace ricercar {

/// A model whose network is ready to judge music.
struct JudgingModel {
    ModelDescription description;
    std::shared_ptr<const Vocabulary> vocabulary;
    std::unique_ptr<TrainableNetwork> network;
    int window = 0;  ///< tokens that it reads at once

    static Result<JudgingModel> open(const std::filesystem::path& path, const NetworkBackend& backend,
                                     const std::string& device);
};

/// How well the model in `model` foretells the pieces of `folder`, all of them.
Result<Evaluation> judgeModel(const std::filesystem::path& model, const std::filesystem::path& folder,
                              const NetworkBackend& backend, const std::string& device, const ProgressSink& progress,
                              const std::stop_token& stop);

}  // namespace ricercar
