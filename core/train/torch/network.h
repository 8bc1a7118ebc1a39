#pragma once

#include <map>
#include <string>

#include <torch/types.h>

#include "core/model/network.h"
#include "core/train/torch/attention.h"

namespace ricercar {

/// How a forward pass is taken.
struct Pass {
    double dropout = 0;
    at::ScalarType type = at::kFloat;  ///< of products of matrices and what lies between two of them; else 32 bits
    std::uint64_t rng = 0;             ///< of dropout
    int firstRow = 0;                  ///< see `TokenBatch`
};

/// The forward pass of both architectures over named weights.
class TorchNetwork {
public:
    /// Random weights drawn from torch's current seed.
    TorchNetwork(const NetworkConfig& config, at::Device device);

    /// tokens `[batch, time]` int64 -> logits `[batch, time, vocabulary]`.
    at::Tensor forward(const at::Tensor& tokens, const Pass& pass) const;
    /// Whether the tensor of this name is the last product of a branch that is added to the residual sum.
    static bool addsToResidual(const std::string& name);

    /// By the names of `tensorsOf`.
    const std::map<std::string, at::Tensor>& weights() const { return m_weights; }
    at::Device device() const { return m_device; }

private:
    /// [batch, time] -> [batch, time, width]
    at::Tensor embedded(const at::Tensor& tokens) const;
    at::Tensor transformer(const at::Tensor& tokens, const Pass& pass) const;
    at::Tensor lstm(const at::Tensor& tokens, const Pass& pass) const;
    Rotary rotary(std::int64_t time) const;
    const at::Tensor& weight(const std::string& name) const { return m_weights.at(name); }

    NetworkConfig m_config;
    at::Device m_device;
    std::map<std::string, at::Tensor> m_weights;
    mutable Rotary m_rotary;  ///< of the length seen last
};

}  // namespace ricercar
