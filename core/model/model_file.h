#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/json.h"
#include "core/model/network.h"
#include "core/model/safetensors.h"

namespace ricercar {

/// What a model file says of itself beside the weights.
struct ModelDescription {
    NetworkConfig network;
    std::string vocabulary;  ///< name, see `findVocabulary`
    std::string preset;      ///< of the training
    Json card = Json::object();
};

/// A model file: safetensors with the description in the metadata and every tensor that `tensorsOf` names.
struct ModelFile {
    ModelDescription description;
    SafeTensors weights;

    /// Checks the hash, the description and the shape of every tensor.
    static Result<ModelFile> open(const std::filesystem::path& path);
};

/// `tensors` are those of `tensorsOf(description.network)`; further ones (a checkpoint's optimiser state) are kept, and
/// `extra` joins the metadata.
Result<void> writeModelFile(const std::filesystem::path& path, const ModelDescription& description,
                            std::span<const TensorView> tensors, NumberType type = NumberType::float32,
                            std::map<std::string, std::string> extra = {});

}  // namespace ricercar
