#pragma once

#include <torch/types.h>

namespace ricercar {

/// The angles of rotary positions, `[time, half a head]`.
struct Rotary {
    at::Tensor cosine;
    at::Tensor sine;
};

/// Causal self-attention with rotary positions: `qkv` has queries, keys and values side by side, each of all heads,
/// `[batch, time, 3 * width]`; what comes out is `[batch, time, width]` and of its type. On the CPU by
/// `AttentionKernels`, elsewhere by libtorch.
at::Tensor causalAttention(const at::Tensor& qkv, std::int64_t heads, const Rotary& rotary);

/// max(x, 0)^2 (So et al. 2021, "Primer").
at::Tensor squaredRelu(const at::Tensor& x);

/// Whether matrix products run several times faster in bfloat16 than in 32 bits.
bool hasFastBfloat16(at::Device device);

}  // namespace ricercar
