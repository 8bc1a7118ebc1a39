// Compiled several times, with RICERCAR_KERNELS naming the instruction set that this copy may use. Includes nothing
// whose inline functions the linker could share with code for a lesser processor.
#include "core/model/kernels/kernels.h"

namespace ricercar {

namespace {

constexpr int lanes = 16;
// May lie at any address of a float and alias it.
using Lanes = float __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline const Lanes& lanesAt(const float* address) { return *reinterpret_cast<const Lanes*>(address); }

/// By halves, which the processor adds side by side.
inline float sum(const Lanes& values) {
    using Half = float __attribute__((vector_size(32)));
    using Quarter = float __attribute__((vector_size(16)));
    const Half half = __builtin_shufflevector(values, values, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(values, values, 8, 9, 10, 11, 12, 13, 14, 15);
    const Quarter quarter =
        __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
    return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
}

/// `rowCount` rows of x by `outputCount` rows of weights: every number that is loaded is used several times.
template <int rowCount, int outputCount>
void tile(const float* weights, const float* x, float* y, long inputs, long outputs) {
    Lanes sums[rowCount][outputCount] = {};
    for (long i = 0; i < inputs; i += lanes) {
        for (int output = 0; output < outputCount; ++output) {
            __builtin_prefetch(weights + (outputCount + output) * inputs + i);  // of the next tile
        }
        for (int row = 0; row < rowCount; ++row) {
            const Lanes& in = lanesAt(x + row * inputs + i);
            for (int output = 0; output < outputCount; ++output) {
                sums[row][output] += in * lanesAt(weights + output * inputs + i);
            }
        }
    }
    for (int row = 0; row < rowCount; ++row) {
        for (int output = 0; output < outputCount; ++output) {
            y[row * outputs + output] = sum(sums[row][output]);
        }
    }
}

template <int rowCount>
void rowsOfTiles(const float* weights, const float* x, float* y, long inputs, long outputs) {
    constexpr int outputCount = 4;
    long output = 0;
    for (; output + outputCount <= outputs; output += outputCount) {
        tile<rowCount, outputCount>(weights + output * inputs, x, y + output, inputs, outputs);
    }
    for (; output < outputs; ++output) {
        tile<rowCount, 1>(weights + output * inputs, x, y + output, inputs, outputs);
    }
}

void linear(const float* weights, const float* x, float* y, int rows, int inputs, int outputs) {
    long row = 0;
    const auto run = [&](auto kernel, int count) {
        for (; row + count <= rows; row += count) {
            kernel(weights, x + row * inputs, y + row * outputs, inputs, outputs);
        }
    };
    run(rowsOfTiles<4>, 4);
    run(rowsOfTiles<2>, 2);
    run(rowsOfTiles<1>, 1);
}

void scores(const float* query, const float* keys, float* out, int count, int width, float scale) {
    for (int key = 0; key < count; ++key) {
        Lanes total = {};
        for (int i = 0; i < width; i += lanes) {
            total += lanesAt(query + i) * lanesAt(keys + static_cast<long>(key) * width + i);
        }
        out[key] = scale * sum(total);
    }
}

void weightedSum(const float* weights, const float* values, float* out, int count, int width) {
    for (int i = 0; i < width; i += lanes) {
        Lanes total = lanesAt(out + i);
        for (int value = 0; value < count; ++value) {
            total += weights[value] * lanesAt(values + static_cast<long>(value) * width + i);
        }
        *reinterpret_cast<Lanes*>(out + i) = total;
    }
}

}  // namespace

#define RICERCAR_TEXT(name) RICERCAR_QUOTED(name)
#define RICERCAR_QUOTED(name) #name
#define RICERCAR_JOINED(prefix, name) RICERCAR_PASTED(prefix, name)
#define RICERCAR_PASTED(prefix, name) prefix##name

extern const Kernels RICERCAR_JOINED(kernels_, RICERCAR_KERNELS);
const Kernels RICERCAR_JOINED(kernels_, RICERCAR_KERNELS) = {RICERCAR_TEXT(RICERCAR_KERNELS), linear, scores,
                                                             weightedSum};

}  // namespace ricercar
