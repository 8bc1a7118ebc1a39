#pragma once

#include <cmath>
#include <limits>

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

/// softmax(query key^T / sqrt(width), the future left out) value; all `[batch, heads, time, width]`.
inline at::Tensor libtorchAttention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(query, key, value, {}, 0.0, /*is_causal=*/true);
#else
    const std::int64_t time = query.size(2);
    const at::Tensor mask = at::full({time, time}, -std::numeric_limits<float>::infinity(), query.options()).triu(1);
    const double scale = 1.0 / std::sqrt(static_cast<double>(query.size(3)));
    return at::matmul(at::softmax(at::matmul(query, key.transpose(2, 3)) * scale + mask, -1), value);
#endif
}

}  // namespace ricercar
