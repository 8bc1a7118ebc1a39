#pragma once

#include <cstddef>
#include <cstdint>

namespace ricercar {

/// One head of causal self-attention with rotary positions (Su et al. 2021, "RoFormer", section 3.2) over a piece of
/// `time` tokens. The query, the key and the value of a token lie `part` numbers apart, those of the next token
/// `stride` numbers further; so do their gradients. What comes out is `[time, width]`, its rows `outStride` apart.
struct AttentionHead {
    int time = 0;
    int width = 0;  ///< a multiple of 16
    std::ptrdiff_t stride = 0;
    std::ptrdiff_t part = 0;
    std::ptrdiff_t outStride = 0;
    const float* cosine = nullptr;  ///< of the angles, `[time, width / 2]`
    const float* sine = nullptr;
};

/// softmax(turned query turned key^T / sqrt(width), the future left out) value, and the gradient of it, in blocks that
/// stay in the caches: the scores of all tokens with all others never lie in memory, the gradient computes them again
/// (Dao et al. 2022, "FlashAttention"), and blocks that lie in the future alone are left out. Sums are in 32 bits. What
/// a head gives depends on nothing else, so heads may be shared among threads at will.
///
/// `Number` is what the matrices are multiplied in: float, or std::uint16_t for bfloat16, the upper halves of floats.
template <typename Number>
struct AttentionKernels {
    const char* name;  ///< "avx512bf16", "avx512", "avx2", "plain"

    /// Floats of scratch memory, at an address that 64 divides, for either of the two.
    std::size_t (*scratch)(const AttentionHead& head);
    /// Writes `out` and, for the gradient, the logarithm of the sum of exponentials of each row of scores, `[time]`.
    void (*forward)(const AttentionHead& head, const Number* in, Number* out, float* logSums, float* scratch);
    void (*backward)(const AttentionHead& head, const Number* in, const Number* out, const Number* outGradient,
                     const float* logSums, Number* inGradient, float* scratch);
};

/// The fastest that this processor runs; null where it does not multiply in bfloat16.
template <typename Number>
const AttentionKernels<Number>* attentionKernels();

}  // namespace ricercar
