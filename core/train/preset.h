#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/network.h"

namespace ricercar {

/// A network and the way to train it, under a name.
struct Preset {
    std::string_view name;
    std::string_view summary;  ///< one line for people
    std::string_view vocabulary = "house-2";
    NetworkConfig network;       ///< without the size of the vocabulary
    int window = 256;            ///< tokens of a training example
    int batch = 16;              ///< examples of a step
    double learningRate = 1e-3;  ///< the peak
    double dropout = 0.1;        ///< on much data; raised on little
    int epochs = 30;             ///< at most, where the user names none
    int evaluateEvery = 200;     ///< steps; an epoch where that is shorter
    int patience = 6;            ///< evaluations without a better one of what was learnt before training stops
};

const std::vector<Preset>& presets();
std::vector<std::string> presetNames();
/// The error lists the names.
Result<Preset> findPreset(std::string_view name);

}  // namespace ricercar
