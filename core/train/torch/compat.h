#pragma once

#include <torch/types.h>
#include <torch/version.h>

// What differs between libtorch 1.13 (Debian 12) and 2.x (Debian 13, CUDA builds).

namespace c10d {
class Backend;
class ProcessGroup;
}  // namespace c10d

namespace ricercar {

/// What the operations of Gloo and NCCL are called on.
#if TORCH_VERSION_MAJOR >= 2
using Collectives = c10d::Backend;
#else
using Collectives = c10d::ProcessGroup;
#endif

/// softmax(query key^T / sqrt(width) + causal mask) value; all `[batch, heads, time, width]`. `mask` is `[time, time]`,
/// 0 on and below the diagonal, minus infinity above it.
inline at::Tensor causalAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                  [[maybe_unused]] const at::Tensor& mask) {
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(query, key, value, {}, 0.0, /*is_causal=*/true);
#else
    const auto sizes = query.sizes();
    const auto flat = [&](const at::Tensor& x) { return x.reshape({sizes[0] * sizes[1], sizes[2], sizes[3]}); };
    const double scale = 1.0 / std::sqrt(static_cast<double>(sizes[3]));
    const at::Tensor scores = at::baddbmm(mask, flat(query), flat(key).transpose(1, 2), 1.0, scale);
    return at::bmm(at::softmax(scores, -1), flat(value)).view(sizes);
#endif
}

/// Whether matrix products run several times faster in bfloat16 than in 32 bits.
inline bool hasFastBfloat16(at::Device device) {
#if defined(__x86_64__)
    if (device.is_cpu()) {
        return __builtin_cpu_supports("avx512bf16") != 0;
    }
#endif
    return device.is_cuda();
}

}  // namespace ricercar
