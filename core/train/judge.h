#pragma once

#include <filesystem>
#include <string>

#include "core/train/evaluation.h"

namespace ricercar {

/// How well the model in `model` foretells the pieces of `folder`, all of them.
Result<Evaluation> judgeModel(const std::filesystem::path& model, const std::filesystem::path& folder,
                              const NetworkBackend& backend, const std::string& device, const ProgressSink& progress,
                              const std::stop_token& stop);

}  // namespace ricercar
