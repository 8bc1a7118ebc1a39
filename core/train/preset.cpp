#include "core/train/preset.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace ricercar {

namespace {

NetworkConfig transformer(int width, int layers, int heads, int context) {
    NetworkConfig config;
    config.architecture = Architecture::transformer;
    config.width = width;
    config.layers = layers;
    config.heads = heads;
    config.hidden = 4 * width;
    config.context = context;
    return config;
}

NetworkConfig lstm(int width, int layers) {
    NetworkConfig config;
    config.architecture = Architecture::lstm;
    config.width = width;
    config.layers = layers;
    return config;
}

}  // namespace

const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = {
        {.name = "fast",
         .summary = "a small LSTM: learns a folder in minutes on any processor",
         .network = lstm(256, 2),
         .batch = 16,
         .learningRate = 3e-3},
        {.name = "house",
         .summary = "a Transformer of 5 million weights: the bundled model's kind",
         .network = transformer(256, 6, 4, 1024),
         .window = 1024,
         .batch = 4,
         .learningRate = 1e-3},
        {.name = "quality",
         .summary = "a Transformer of 11 million weights: better with much music and a GPU",
         .network = transformer(384, 6, 6, 1024),
         .window = 1024,
         .batch = 16,
         .learningRate = 6e-4},
        {.name = "events",
         .summary = "a small LSTM on one instrument's note-on and note-off sets, as in the early systems",
         .vocabulary = "events-1",
         .network = lstm(256, 2),
         .batch = 16,
         .learningRate = 3e-3},
        {.name = "tiny",
         .summary = "a Transformer of 0.15 million weights: for trying things out in seconds",
         .network = transformer(64, 2, 2, 256),
         .window = 128,
         .batch = 8,
         .learningRate = 3e-3,
         .epochs = 10,
         .evaluateEvery = 50},
    };
    return all;
}

std::vector<std::string> presetNames() {
    std::vector<std::string> names;
    names.reserve(presets().size());
    for (const Preset& preset : presets()) {
        names.emplace_back(preset.name);
    }
    return names;
}

Result<Preset> findPreset(std::string_view name) {
    const auto& all = presets();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Preset& preset) { return preset.name == name; });
    if (found == all.end()) {
        return failure("there is no preset \"{}\"; choose one of {}", name, fmt::join(presetNames(), ", "));
    }
    return *found;
}

}  // namespace ricercar
