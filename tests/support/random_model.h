#pragma once

#include <cmath>
#include <filesystem>
#include <vector>

#include "core/base/random.h"
#include "core/model/model_file.h"

namespace ricercar {

/// A model file with random weights of a sensible size.
inline Result<void> writeRandomModel(const std::filesystem::path& path, const NetworkConfig& config,
                                     const std::string& vocabulary, std::uint64_t seed = 1,
                                     const Json& card = {{"name", "random"}}) {
    Random random(seed);
    std::vector<std::vector<float>> storage;
    std::vector<TensorView> tensors;
    for (const TensorSpec& spec : tensorsOf(config)) {
        std::size_t count = 1;
        for (const auto extent : spec.shape) {
            count *= static_cast<std::size_t>(extent);
        }
        const double deviation = 1.0 / std::sqrt(static_cast<double>(spec.shape.back()));
        auto& values = storage.emplace_back(count);
        for (float& value : values) {
            value = static_cast<float>(spec.name.ends_with("norm") ? 1.0 : deviation * random.normal());
        }
        tensors.push_back({spec.name, spec.shape, values});
    }
    return writeModelFile(path, {config, vocabulary, "test", card}, tensors);
}

inline NetworkConfig smallTransformer(int vocabularySize) {
    NetworkConfig config;
    config.architecture = Architecture::transformer;
    config.vocabularySize = vocabularySize;
    config.width = 64;
    config.layers = 2;
    config.heads = 2;
    config.hidden = 128;
    config.context = 48;
    return config;
}

inline NetworkConfig smallLstm(int vocabularySize) {
    NetworkConfig config;
    config.architecture = Architecture::lstm;
    config.vocabularySize = vocabularySize;
    config.width = 48;
    config.layers = 2;
    return config;
}

}  // namespace ricercar
