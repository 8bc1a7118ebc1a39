#include "core/train/torch/network.h"

#include <cmath>

#include "core/train/torch/dropout.h"

namespace ricercar {

namespace {

at::Tensor initialWeight(const TensorSpec& spec, const NetworkConfig& config) {
    const auto endsWith = [&](const char* ending) { return spec.name.ends_with(ending); };
    if (endsWith("norm")) {
        return at::ones(spec.shape);
    }
    if (endsWith("bias")) {
        at::Tensor bias = at::zeros(spec.shape);
        bias.slice(0, config.width, 2 * config.width).fill_(1.0);  // forget gates open (Jozefowicz et al. 2015)
        return bias;
    }
    double deviation = 1.0 / std::sqrt(static_cast<double>(spec.shape.back()));
    if (TorchNetwork::addsToResidual(spec.name)) {
        deviation /= std::sqrt(2.0 * config.layers);  // keeps the residual sum at unit scale (GPT-2)
    }
    return at::randn(spec.shape) * deviation;
}

at::Tensor product(const at::Tensor& x, const at::Tensor& weight, at::ScalarType type) {
    return at::linear(x.to(type), weight.to(type));
}

}  // namespace

bool TorchNetwork::addsToResidual(const std::string& name) {
    return name.ends_with("attention_out") || name.ends_with("feed_out");
}

TorchNetwork::TorchNetwork(const NetworkConfig& config, at::Device device) : m_config(config), m_device(device) {
    for (const TensorSpec& spec : tensorsOf(config)) {
        m_weights[spec.name] = initialWeight(spec, config).to(device).set_requires_grad(true);
    }
}

at::Tensor TorchNetwork::forward(const at::Tensor& tokens, const Pass& pass) const {
    return m_config.architecture == Architecture::lstm ? lstm(tokens, pass) : transformer(tokens, pass);
}

at::Tensor TorchNetwork::embedded(const at::Tensor& tokens) const {
    const auto among = [&](const TokenRun& run) {
        return tokens.ge(run.first).logical_and(tokens.lt(run.first + run.count));
    };
    const at::Tensor places = at::arange(tokens.size(1), tokens.options()).expand_as(tokens);
    at::Tensor sum = at::embedding(weight("embedding"), tokens);
    for (const HeldTokens& kind : m_config.held) {
        const at::Tensor begins = among(kind.tokens);
        const at::Tensor changes = begins.logical_or(among(kind.until));
        const at::Tensor lastChange = std::get<0>(at::cummax(at::where(changes, places, at::zeros_like(places)), 1));
        const at::Tensor holds = begins.gather(1, lastChange).logical_and(changes.logical_not());
        const at::Tensor heard = at::embedding(weight("embedding"), tokens.gather(1, lastChange));
        sum = sum + heard * holds.unsqueeze(-1);
    }
    return sum;
}

Rotary TorchNetwork::rotary(std::int64_t time) const {
    if (m_rotary.cosine.defined() && m_rotary.cosine.size(0) == time) {
        return m_rotary;
    }
    const std::int64_t headWidth = m_config.width / m_config.heads;
    const auto options = at::TensorOptions(m_device).dtype(at::kFloat);
    const at::Tensor pairs = at::arange(headWidth / 2, options);
    const at::Tensor frequencies =
        at::pow(static_cast<double>(rotaryBase), pairs * (-2.0 / static_cast<double>(headWidth)));
    const at::Tensor angles = at::outer(at::arange(time, options), frequencies);
    return {angles.cos(), angles.sin()};
}

at::Tensor TorchNetwork::transformer(const at::Tensor& tokens, const Pass& pass) const {
    m_rotary = rotary(tokens.size(1));
    const auto normed = [&](const at::Tensor& x, const std::string& name) {
        return at::layer_norm(x, {m_config.width}, weight(name), {}, normEpsilon);
    };
    const auto by = [&](const at::Tensor& x, const std::string& name) { return product(x, weight(name), pass.type); };
    Dropout dropped(pass);
    at::Tensor x = dropped(embedded(tokens));
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = "layers." + std::to_string(layer) + ".";
        const at::Tensor qkv = by(normed(x, prefix + "attention_norm"), prefix + "qkv");
        const at::Tensor mixed = causalAttention(qkv, m_config.heads, m_rotary);
        x = x + dropped(by(mixed, prefix + "attention_out"));
        const at::Tensor hidden = squaredRelu(by(normed(x, prefix + "feed_norm"), prefix + "feed_in"));
        x = x + dropped(by(hidden, prefix + "feed_out"));
    }
    return by(normed(x, "final_norm"), "embedding").to(at::kFloat);
}

at::Tensor TorchNetwork::lstm(const at::Tensor& tokens, const Pass& pass) const {
    Dropout dropped(pass);
    at::Tensor x = embedded(tokens);
    const at::Tensor start = at::zeros({1, tokens.size(0), m_config.width}, x.options());
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = "layers." + std::to_string(layer) + ".";
        const at::Tensor& bias = weight(prefix + "bias");
        const std::vector parameters = {weight(prefix + "input_weights"), weight(prefix + "hidden_weights"), bias,
                                        at::zeros_like(bias)};
        x = std::get<0>(at::lstm(dropped(x), {start, start}, parameters, /*has_biases=*/true, /*num_layers=*/1,
                                 /*dropout=*/0, /*train=*/false, /*bidirectional=*/false, /*batch_first=*/true));
    }
    return product(dropped(x), weight("output"), pass.type).to(at::kFloat);
}

}  // namespace ricercar
