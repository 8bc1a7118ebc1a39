#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/train/evaluation.h"

namespace ricercar {

/// What one way of telling a condition is worth, see `HouseProbe`.
struct ConditionRow {
    std::string condition;
    std::string told;
    Evaluation evaluation;
};

/// How well the model in `model` foretells the pieces of `folder`, at most `mostPieces` of them, when it is told what
/// is wanted, when it is told something else, and when it is told nothing. A piece's style is the folder that it is in,
/// where the model's card names it. Errors: a model without conditions; those of `loadMusic`.
Result<std::vector<ConditionRow>> judgeConditions(const std::filesystem::path& model,
                                                  const std::filesystem::path& folder, std::size_t mostPieces,
                                                  const NetworkBackend& backend, const std::string& device,
                                                  const ProgressSink& progress, const std::stop_token& stop);

Json toJson(std::span<const ConditionRow> rows);
/// A table for people.
std::string reportText(std::span<const ConditionRow> rows);

}  // namespace ricercar
