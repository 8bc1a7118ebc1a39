#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// - transformer: decoder-only, pre-norm with RMSNorm (Zhang and Sennrich 2019), rotary positions (Su et al. 2021,
///   "RoFormer", section 3.2), feed-forward with squared ReLU (So et al. 2021, "Primer"), no biases, output weights
///   tied to the embedding.
/// - lstm: stacked LSTM layers (gates in the order input, forget, cell, output), a linear output layer.
enum class Architecture { transformer, lstm };

/// The shape of a network; with the weights it is all that a model file needs.
struct NetworkConfig {
    Architecture architecture = Architecture::transformer;
    int vocabularySize = 0;
    int width = 256;  ///< of the embedding and of every layer; a multiple of 16
    int layers = 4;
    int heads = 4;      ///< transformer only; width / heads is a multiple of 16
    int hidden = 1024;  ///< transformer only: inner width of the feed-forward layers; a multiple of 16
    int context = 512;  ///< transformer only: how many tokens a token sees, itself included
    /// To the embedding of each token those of the conditions that hold there are added; see `Heard`.
    std::vector<HeldTokens> held;

    bool operator==(const NetworkConfig&) const = default;
};

Json toJson(const NetworkConfig& config);
/// Checks every field; the error names the wrong one.
Result<NetworkConfig> networkConfigFromJson(const Json& json);

struct TensorSpec {
    std::string name;
    std::vector<std::int64_t> shape;
};

/// The weights that a network of this shape has, matrices as `[out, in]`.
std::vector<TensorSpec> tensorsOf(const NetworkConfig& config);

/// A Transformer with the layers and the context of `wanted` where these are more and the rest of `wanted` but the
/// vocabulary is as in `base`; otherwise `base`.
NetworkConfig grown(const NetworkConfig& base, const NetworkConfig& wanted);
std::int64_t weightCount(const NetworkConfig& config);

/// Base of the rotary angles: position p turns pair i of a head by p * base^(-2i / width of the head).
inline constexpr float rotaryBase = 10'000.0F;
/// Added to the variance in LayerNorm.
inline constexpr float normEpsilon = 1e-5F;

}  // namespace ricercar
