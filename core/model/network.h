#pragma once

#include <string>

#include "core/base/json.h"
#include "core/base/result.h"

namespace ricercar {

enum class Architecture { transformer, lstm };

/// The shape of a network; with the weights it is all that a model file needs.
struct NetworkConfig {
    Architecture architecture = Architecture::transformer;
    int vocabularySize = 0;
    int width = 256;  ///< of the embedding and of every layer
    int layers = 4;
    int heads = 4;      ///< transformer only; divides `width` into an even number
    int hidden = 1024;  ///< transformer only: inner width of the feed-forward layers
    int context = 512;  ///< transformer only: how many tokens back a token can see

    bool operator==(const NetworkConfig&) const = default;
};

Json toJson(const NetworkConfig& config);
/// Checks every field; the error names the wrong one.
Result<NetworkConfig> networkConfigFromJson(const Json& json);

}  // namespace ricercar
