#include "core/model/network.h"

#include <algorithm>

#include <fmt/format.h>

namespace ricercar {

namespace {

constexpr int laneCount = 16;  // the kernels read rows in steps of so many numbers

Result<int> boundedField(const Json& json, const char* name, int lowest, int highest) {
    auto value = field<int>(json, name);
    if (value && (*value < lowest || *value > highest)) {
        return failure("\"{}\" is {}, outside {} to {}", name, *value, lowest, highest);
    }
    return value;
}

Json toJson(const TokenRun& run) { return Json::array({run.first, run.count}); }

Result<TokenRun> tokenRunFromJson(const Json& json, int vocabularySize) {
    const bool numbers =
        json.is_array() && json.size() == 2 && json[0].is_number_integer() && json[1].is_number_integer();
    const auto first = numbers ? json[0].get<std::int64_t>() : -1;
    const auto count = numbers ? json[1].get<std::int64_t>() : -1;
    if (first < 0 || count < 1 || first > vocabularySize || count > vocabularySize - first) {
        return failure("\"held\" has {} where a first token and a count of tokens should be", json.dump());
    }
    return TokenRun{static_cast<int>(first), static_cast<int>(count)};
}

Result<std::vector<HeldTokens>> heldFromJson(const Json& json, int vocabularySize) {
    std::vector<HeldTokens> held;
    if (!json.is_array()) {
        return failure("\"held\" is no list");
    }
    for (const Json& kind : json) {
        const auto run = [&](const char* name) {
            return field<Json>(kind, name).and_then([&](const Json& named) {
                return tokenRunFromJson(named, vocabularySize);
            });
        };
        const auto tokens = run("tokens");
        const auto until = run("until");
        if (!tokens || !until) {
            return tl::make_unexpected((tokens ? until : tokens).error());
        }
        held.push_back({*tokens, *until});
    }
    return held;
}

}  // namespace

Json toJson(const NetworkConfig& config) {
    Json json = {{"architecture", config.architecture == Architecture::transformer ? "transformer" : "lstm"},
                 {"vocabularySize", config.vocabularySize},
                 {"width", config.width},
                 {"layers", config.layers}};
    if (config.architecture == Architecture::transformer) {
        json["heads"] = config.heads;
        json["hidden"] = config.hidden;
        json["context"] = config.context;
    }
    for (const HeldTokens& kind : config.held) {
        json["held"].push_back({{"tokens", toJson(kind.tokens)}, {"until", toJson(kind.until)}});
    }
    return json;
}

Result<NetworkConfig> networkConfigFromJson(const Json& json) {
    NetworkConfig config;
    const auto architecture = field<std::string>(json, "architecture");
    if (!architecture || (*architecture != "transformer" && *architecture != "lstm")) {
        return failure("the network's architecture is neither \"transformer\" nor \"lstm\"");
    }
    config.architecture = *architecture == "lstm" ? Architecture::lstm : Architecture::transformer;
    const auto read = [&](const char* name, int lowest, int highest, int& target) -> Result<void> {
        const auto value = boundedField(json, name, lowest, highest);
        if (!value) {
            return tl::make_unexpected(value.error());
        }
        target = *value;
        return {};
    };
    auto done = read("vocabularySize", 2, 65536, config.vocabularySize)
                    .and_then([&] { return read("width", laneCount, 8192, config.width); })
                    .and_then([&] { return read("layers", 1, 128, config.layers); });
    if (done && config.architecture == Architecture::transformer) {
        done = read("heads", 1, 256, config.heads)
                   .and_then([&] { return read("hidden", laneCount, 65536, config.hidden); })
                   .and_then([&] { return read("context", 2, 1 << 20, config.context); });
    }
    if (!done) {
        return tl::make_unexpected(done.error());
    }
    if (json.contains("held")) {
        auto held = heldFromJson(json["held"], config.vocabularySize);
        if (!held) {
            return tl::make_unexpected(held.error());
        }
        config.held = std::move(*held);
    }
    const bool divides = config.architecture == Architecture::lstm ||
                         (config.width % (config.heads * laneCount) == 0 && config.hidden % laneCount == 0);
    if (config.width % laneCount != 0 || !divides) {
        return failure("width {}, heads {} and hidden {} do not fit: each head needs a multiple of {} numbers",
                       config.width, config.heads, config.hidden, laneCount);
    }
    return config;
}

std::vector<TensorSpec> tensorsOf(const NetworkConfig& config) {
    const std::int64_t vocabulary = config.vocabularySize;
    const std::int64_t width = config.width;
    const std::int64_t hidden = config.hidden;
    std::vector<TensorSpec> tensors = {{"embedding", {vocabulary, width}}};
    for (int layer = 0; layer < config.layers; ++layer) {
        const auto add = [&](const char* name, std::vector<std::int64_t> shape) {
            tensors.push_back({fmt::format("layers.{}.{}", layer, name), std::move(shape)});
        };
        if (config.architecture == Architecture::transformer) {
            add("attention_norm", {width});
            add("qkv", {3 * width, width});
            add("attention_out", {width, width});
            add("feed_norm", {width});
            add("feed_in", {hidden, width});
            add("feed_out", {width, hidden});
        } else {
            add("input_weights", {4 * width, width});
            add("hidden_weights", {4 * width, width});
            add("bias", {4 * width});
        }
    }
    if (config.architecture == Architecture::transformer) {
        tensors.push_back({"final_norm", {width}});
    } else {
        tensors.push_back({"output", {vocabulary, width}});
    }
    return tensors;
}

NetworkConfig grown(const NetworkConfig& base, const NetworkConfig& wanted) {
    NetworkConfig grown = base;
    const bool fits = base.architecture == Architecture::transformer && wanted.architecture == base.architecture &&
                      wanted.width == base.width && wanted.heads == base.heads && wanted.hidden == base.hidden;
    if (fits) {
        grown.layers = std::max(base.layers, wanted.layers);
        grown.context = std::max(base.context, wanted.context);
    }
    return grown;
}

std::int64_t weightCount(const NetworkConfig& config) {
    std::int64_t total = 0;
    for (const TensorSpec& tensor : tensorsOf(config)) {
        std::int64_t count = 1;
        for (const std::int64_t extent : tensor.shape) {
            count *= extent;
        }
        total += count;
    }
    return total;
}

}  // namespace ricercar
