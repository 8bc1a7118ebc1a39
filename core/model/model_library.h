#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace ricercar {

/// The best model of a training run, in the run's folder.
inline constexpr const char* bestModelName = "best.safetensors";

/// A model file that the program knows.
struct ModelEntry {
    std::string name;            ///< file name without its ending; what the user types
    std::filesystem::path path;  ///< NAME.safetensors
    std::string preset;          ///< the preset that it was trained with
    Json card;                   ///< data, licences, attribution, numbers
    std::int64_t weights = 0;
};

Json toJson(const ModelEntry& entry);

/// The bundled models (`resources/models`), then the user's (`userDataFolder()/models`), each sorted by name. Files
/// that are no models are left out.
std::vector<ModelEntry> listModels();

/// A file, a training run's folder (its best model) or a name of `listModels`; "default" is the bundled default. The
/// error lists the names that exist.
Result<std::filesystem::path> findModel(const std::string& nameOrPath);

}  // namespace ricercar
