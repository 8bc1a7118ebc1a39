#include "core/train/torch/trainable.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <torch/csrc/autograd/grad_mode.h>

#include "core/train/torch/exceptions.h"

namespace ricercar {

namespace {

constexpr double firstDecay = 0.9;
constexpr double secondDecay = 0.98;
constexpr double adamEpsilon = 1e-8;
constexpr double weightDecay = 0.05;  // of matrices
constexpr double largestNorm = 1.0;

constexpr const char* firstPrefix = "optimiser.first.";
constexpr const char* secondPrefix = "optimiser.second.";

at::Tensor onDevice(const std::vector<std::int32_t>& values, const TokenBatch& batch, at::Device device) {
    // from_blob does not copy; the conversion to int64 does.
    const auto view = at::from_blob(const_cast<std::int32_t*>(values.data()), {batch.rows, batch.length}, at::kInt);
    return view.to(at::kLong).to(device);
}

OwnedTensor onHost(const std::string& name, const at::Tensor& tensor) {
    const at::Tensor host = tensor.detach().to(at::kCPU).contiguous();
    const float* first = host.data_ptr<float>();
    return {name, host.sizes().vec(), std::vector<float>(first, first + host.numel())};
}

/// All numbers of `tensors` in one, which travels faster than many.
at::Tensor flattened(const std::vector<at::Tensor>& tensors) {
    std::vector<at::Tensor> flat;
    for (const at::Tensor& tensor : tensors) {
        flat.push_back(tensor.flatten());
    }
    return at::cat(flat);
}

/// Back from `flat` into the tensors that it was made of.
void copyFrom(const at::Tensor& flat, const std::vector<at::Tensor>& tensors) {
    std::int64_t first = 0;
    for (const at::Tensor& tensor : tensors) {
        tensor.copy_(flat.slice(0, first, first + tensor.numel()).view(tensor.sizes()));
        first += tensor.numel();
    }
}

}  // namespace

TorchTrainable::TorchTrainable(const NetworkConfig& config, at::Device device, TorchProcessGroup* group)
    : m_network(config, device), m_group(group) {
    const torch::NoGradGuard noGradients;
    for (const auto& [name, weight] : m_network.weights()) {
        m_moments[name] = {at::zeros_like(weight), at::zeros_like(weight)};
    }
}

TorchTrainable::Forward TorchTrainable::forward(const TokenBatch& batch, const Pass& pass) const {
    const at::Tensor inputs = onDevice(batch.inputs, batch, m_network.device());
    const at::Tensor targets = onDevice(batch.targets, batch, m_network.device()).flatten();
    const at::Tensor logits = m_network.forward(inputs, pass).flatten(0, 1);
    const at::Tensor loss = at::cross_entropy_loss(logits, targets, {}, at::Reduction::Sum, TokenBatch::ignored);
    const auto counted = targets.ne(TokenBatch::ignored).sum().item<std::int64_t>();
    const auto correct = logits.detach().argmax(-1).eq(targets).sum().item<std::int64_t>();
    return {loss, {loss.item<double>(), counted, correct}};
}

Result<BatchLoss> TorchTrainable::train(const TokenBatch& batch, const StepSettings& settings) {
    return withoutExceptions("a training step", [&]() -> Result<BatchLoss> {
        const auto type = hasFastBfloat16(m_network.device()) ? at::kBFloat16 : at::kFloat;
        const auto counted = std::count_if(batch.targets.begin(), batch.targets.end(),
                                           [](std::int32_t target) { return target != TokenBatch::ignored; });
        const double share = 1 / static_cast<double>(std::max<std::int64_t>(1, counted));
        const int rowsAtOnce = settings.rowsAtOnce > 0 ? settings.rowsAtOnce : batch.rows;
        BatchLoss loss;
        for (int row = 0; row < batch.rows; row += rowsAtOnce) {
            const TokenBatch part = batch.part(row, std::min(row + rowsAtOnce, batch.rows));
            const Forward result = forward(part, {settings.dropout, type, settings.rng, part.firstRow});
            (result.nats * share).backward();
            loss += result.loss;
        }
        const torch::NoGradGuard noGradients;
        if (m_group != nullptr) {
            sumOverGroup(loss);
        }
        if (!std::isfinite(loss.nats)) {
            return failure("the loss is no longer a number at step {}; train with a lower learning rate", m_steps + 1);
        }
        clipGradients();
        update(settings.learningRate);
        return loss;
    });
}

Result<BatchLoss> TorchTrainable::evaluate(const TokenBatch& batch) {
    return withoutExceptions("evaluation", [&]() -> Result<BatchLoss> {
        const torch::NoGradGuard noGradients;
        return forward(batch, {}).loss;
    });
}

/// The gradients and the loss of this process' rows become those of the whole batch.
void TorchTrainable::sumOverGroup(BatchLoss& loss) {
    std::array<double, 3> sums = {loss.nats, static_cast<double>(loss.tokens), static_cast<double>(loss.correct)};
    if (const auto summed = m_group->sum(sums); !summed) {
        throw std::runtime_error(summed.error().message);
    }
    // Each gradient is of the mean over its own tokens.
    const double share = static_cast<double>(loss.tokens) / std::max(1.0, sums[1]);
    std::vector<at::Tensor> gradients;
    for (const auto& [name, weight] : m_network.weights()) {
        gradients.push_back(weight.grad());
    }
    const at::Tensor bucket = flattened(gradients).mul_(share);
    m_group->sum(bucket);
    copyFrom(bucket, gradients);
    loss = {sums[0], static_cast<std::int64_t>(sums[1]), static_cast<std::int64_t>(sums[2])};
}

Result<void> TorchTrainable::becomeAlike() {
    return withoutExceptions("sharing the weights", [&]() -> Result<void> {
        if (m_group == nullptr) {
            return {};
        }
        const torch::NoGradGuard noGradients;
        std::vector<at::Tensor> tensors;
        for (const auto& [name, weight] : m_network.weights()) {
            const Moments& moments = m_moments.at(name);
            tensors.insert(tensors.end(), {weight, moments.first, moments.second});
        }
        const at::Tensor bucket = flattened(tensors);
        m_group->takeFromFirst(bucket);
        copyFrom(bucket, tensors);
        return {};
    });
}

void TorchTrainable::clipGradients() {
    at::Tensor squares = at::zeros({}, at::TensorOptions(m_network.device()));
    for (const auto& [name, weight] : m_network.weights()) {
        squares += weight.grad().square().sum();
    }
    const double norm = std::sqrt(squares.item<double>());
    if (norm > largestNorm) {
        for (const auto& [name, weight] : m_network.weights()) {
            weight.grad().mul_(largestNorm / norm);
        }
    }
}

void TorchTrainable::update(double learningRate) {
    ++m_steps;
    const double firstBias = 1.0 - std::pow(firstDecay, static_cast<double>(m_steps));
    const double secondBias = 1.0 - std::pow(secondDecay, static_cast<double>(m_steps));
    for (const auto& [name, constWeight] : m_network.weights()) {
        at::Tensor weight = constWeight;
        const at::Tensor& gradient = weight.grad();
        Moments& moments = m_moments.at(name);
        moments.first.lerp_(gradient, 1.0 - firstDecay);
        moments.second.mul_(secondDecay).addcmul_(gradient, gradient, 1.0 - secondDecay);
        if (weight.dim() > 1) {
            weight.mul_(1.0 - learningRate * weightDecay);
        }
        const at::Tensor root = (moments.second / secondBias).sqrt_().add_(adamEpsilon);
        weight.addcdiv_(moments.first, root, -learningRate / firstBias);
        weight.mutable_grad().reset();
    }
}

std::vector<OwnedTensor> TorchTrainable::weights() const {
    std::vector<OwnedTensor> tensors;
    for (const auto& [name, weight] : m_network.weights()) {
        tensors.push_back(onHost(name, weight));
    }
    return tensors;
}

std::vector<OwnedTensor> TorchTrainable::optimiser() const {
    std::vector<OwnedTensor> tensors;
    for (const auto& [name, moments] : m_moments) {
        tensors.push_back(onHost(firstPrefix + name, moments.first));
        tensors.push_back(onHost(secondPrefix + name, moments.second));
    }
    return tensors;
}

Result<void> TorchTrainable::load(const SafeTensors& file, std::int64_t steps) {
    return withoutExceptions("loading", [&]() -> Result<void> {
        const torch::NoGradGuard noGradients;
        const auto copy = [&](const std::string& name, const at::Tensor& target, bool required) -> Result<void> {
            const StoredTensor* source = file.find(name);
            if (source == nullptr && !required) {
                return {};
            }
            if (source == nullptr || source->shape != target.sizes().vec()) {
                return failure("the tensor \"{}\" is missing or has another shape", name);
            }
            std::vector<float> values = source->values();
            target.copy_(at::from_blob(values.data(), source->shape));
            return {};
        };
        for (const auto& [name, weight] : m_network.weights()) {
            Moments& moments = m_moments.at(name);
            for (const auto& done : {copy(name, weight, true), copy(firstPrefix + name, moments.first, false),
                                     copy(secondPrefix + name, moments.second, false)}) {
                if (!done) {
                    return done;
                }
            }
        }
        m_steps = steps;
        return {};
    });
}

Result<void> TorchTrainable::beginWith(const SafeTensors& base) {
    return withoutExceptions("loading", [&]() -> Result<void> {
        const torch::NoGradGuard noGradients;
        for (const auto& [name, weight] : m_network.weights()) {
            const StoredTensor* source = base.find(name);
            if (source == nullptr) {
                if (TorchNetwork::addsToResidual(name)) {
                    weight.zero_();
                }
                continue;
            }
            auto shape = weight.sizes().vec();
            const bool fits = source->shape.size() == shape.size() && source->shape.front() <= shape.front() &&
                              std::equal(shape.begin() + 1, shape.end(), source->shape.begin() + 1);
            if (!fits) {
                return failure("the base's tensor \"{}\" has another shape", name);
            }
            std::vector<float> values = source->values();
            weight.slice(0, 0, source->shape.front()).copy_(at::from_blob(values.data(), source->shape));
        }
        return {};
    });
}

}  // namespace ricercar
