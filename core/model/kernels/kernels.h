#pragma once

#include <cstdint>

namespace ricercar {

/// A row of numbers as bytes, -127 to 127: number = scale * byte.
struct ByteRow {
    float scale;
    std::int32_t sum;  ///< of the bytes
};

/// A matrix `[outputs, inputs]` as bytes with a scale for each output, sixteen of which are summed side by side:
/// [output / 16][input / 4][output % 16][input % 4]. A byte is 128 more than number / scale.
struct ByteMatrix {
    const std::uint8_t* bytes;  ///< at an address that 64 divides
    const float* scales;        ///< by output, up to a multiple of 16
    int capacity;               ///< inputs that there is room for; a multiple of 16

    /// Where the byte of an output and an input lies.
    static constexpr long place(long output, long input, long capacity) {
        return output / 16 * 16 * capacity + input / 4 * 64 + output % 16 * 4 + input % 4;
    }
};

/// What a product is added to.
enum class Onto { nothing, whatIsThere };

/// How many numbers `Kernels::exponentials` finds side by side.
inline constexpr int pieceLength = 64;

/// The inner loops of decoding, compiled once for each instruction set that they may run on. Matrices are row-major;
/// every inner extent is a multiple of 16. What a row gives does not depend on the rows beside it.
struct Kernels {
    const char* name;  ///< "avx512vnni", "avx512", "avx2"; "neondot"; "plain"

    /// y[r][o] = sum over i of weights[o][i] * x[r][i], with what y held added where `onto` says; `weights` is
    /// `[outputs, inputs]`, x `[rows, inputs]`, y `[rows, outputs]`.
    void (*linear)(const float* weights, const float* x, float* y, int rows, int inputs, int outputs, Onto onto);
    /// The same, bit by bit, of weights in bfloat16: the upper halves of floats.
    void (*linearBfloat16)(const std::uint16_t* weights, const float* x, float* y, int rows, int inputs, int outputs,
                           Onto onto);
    /// The same of bytes, x `[rows, inputs]` with `xRows` `[rows]`, in whole numbers: the same whatever the processor
    /// is. At most 65,536 inputs.
    void (*linearBytes)(const ByteMatrix& weights, const std::int8_t* x, const ByteRow* xRows, float* y, int rows,
                        int inputs, int outputs, Onto onto);

    /// Each row of x `[rows, width]`, times `factors` `[width]` if there are any, rounded to bytes; the largest becomes
    /// 127.
    void (*toBytes)(const float* x, const float* factors, std::int8_t* bytes, ByteRow* byteRows, int rows, int width);

    /// numbers[i] = exp(factor * (numbers[i] - the highest of them)), with 2e-7 of relative error, for `count` numbers
    /// that lie in pieces of `pieceLength`, `stride` apart; what follows in the last piece becomes 0. Returns their
    /// sum.
    float (*exponentials)(float* numbers, int count, long stride, float factor);
    /// One step of the cells of an LSTM, which replaces `cell` and `hidden` `[width]`. The gates are the sums of the
    /// three `[4 * width]`, in the order input, forget, cell, output.
    void (*lstmCells)(const float* fromInput, const float* fromHidden, const float* bias, float* cell, float* hidden,
                      int width);
    /// Turns each pair of numbers i and i + width / 2 of `count` heads `[count, width]` by an angle: `angles` are the
    /// cosines of the pairs, then their sines.
    void (*turn)(float* heads, const float* angles, int count, int width);
    /// x = max(x, 0)^2 for `count` numbers.
    void (*squaredRelu)(float* x, long count);
    /// out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weights, for each row of x `[rows, width]`.
    void (*normalise)(const float* x, const float* weights, float* out, int rows, int width, float epsilon);
};

/// The fastest that this processor runs; chosen once.
const Kernels& kernels();

}  // namespace ricercar
