#pragma once

namespace ricercar {

/// The inner loops of decoding, compiled once for each instruction set that they may run on. Matrices are row-major;
/// every inner extent is a multiple of 16.
struct Kernels {
    const char* name;  ///< "avx512", "avx2", "plain"

    /// y[r][o] = sum over i of weights[o][i] * x[r][i]; `weights` is `[outputs, inputs]`, x `[rows, inputs]`,
    /// y `[rows, outputs]`.
    void (*linear)(const float* weights, const float* x, float* y, int rows, int inputs, int outputs);

    /// scores[i] = scale * (query . keys[i]) for `count` keys of `width` numbers.
    void (*scores)(const float* query, const float* keys, float* scores, int count, int width, float scale);

    /// out += sum over i of weights[i] * values[i].
    void (*weightedSum)(const float* weights, const float* values, float* out, int count, int width);
};

/// The fastest that this processor runs; chosen once.
const Kernels& kernels();

}  // namespace ricercar
