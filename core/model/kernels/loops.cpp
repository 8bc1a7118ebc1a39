// Compiled several times, with RICERCAR_KERNELS naming the instruction set that this copy may use. Includes nothing
// whose inline functions the linker could share with code for a lesser processor.
#include "core/model/kernels/kernels.h"
#include "core/model/kernels/lanes.h"

#if defined(__AVX2__)
#include <immintrin.h>  // inlined always
#endif

namespace ricercar {

namespace {

using Bytes = Sixteen<std::int8_t>::Type;
using Four __attribute__((aligned(1), may_alias)) = std::int32_t;  // bytes

/// `rowCount` rows of x by `outputCount` rows of weights: every number that is loaded is used several times.
template <int rowCount, int outputCount, typename Weight>
void tile(const Weight* weights, const float* x, float* y, long inputs, long outputs) {
    Lanes sums[rowCount][outputCount] = {};
    for (long i = 0; i < inputs; i += lanes) {
        for (int output = 0; output < outputCount; ++output) {
            __builtin_prefetch(weights + (outputCount + output) * inputs + i);  // of the next tile
        }
        for (int row = 0; row < rowCount; ++row) {
            const Lanes in = lanesAt(x + row * inputs + i);
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

template <int rowCount, typename Weight>
void rowsOfTiles(const Weight* weights, const float* x, float* y, long inputs, long outputs) {
    constexpr int outputCount = 4;
    long output = 0;
    for (; output + outputCount <= outputs; output += outputCount) {
        tile<rowCount, outputCount>(weights + output * inputs, x, y + output, inputs, outputs);
    }
    for (; output < outputs; ++output) {
        tile<rowCount, 1>(weights + output * inputs, x, y + output, inputs, outputs);
    }
}

template <typename Weight>
void linear(const Weight* weights, const float* x, float* y, int rows, int inputs, int outputs) {
    long row = 0;
    const auto run = [&](auto kernel, int count) {
        for (; row + count <= rows; row += count) {
            kernel(weights, x + row * inputs, y + row * outputs, inputs, outputs);
        }
    };
    run(rowsOfTiles<4, Weight>, 4);
    run(rowsOfTiles<2, Weight>, 2);
    run(rowsOfTiles<1, Weight>, 1);
}

/// Sums of products of bytes for sixteen outputs, of which `inRegisters` are kept side by side. `add` takes four inputs
/// of each: `weights` [16][4], x [4].
#if defined(__AVX512VNNI__)
struct ByteSums {
    static constexpr int inRegisters = 8;
    __m512i sums = {};

    void add(const std::uint8_t* weights, const std::int8_t* x) {
        sums = _mm512_dpbusd_epi32(sums, _mm512_loadu_si512(weights), _mm512_set1_epi32(at<const Four>(x)));
    }
    Ints total() const { return reinterpret_cast<Ints>(sums); }
};
#elif defined(__AVX2__)
struct ByteSums {
    static constexpr int inRegisters = 2;
    __m256i sums[4] = {};  // two for each output

    void add(const std::uint8_t* weights, const std::int8_t* x) {
        const __m256i in = _mm256_cvtepi8_epi16(_mm_set1_epi32(at<const Four>(x)));
        for (int four = 0; four < 4; ++four) {
            const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights) + four);
            sums[four] = _mm256_add_epi32(sums[four], _mm256_madd_epi16(_mm256_cvtepu8_epi16(narrow), in));
        }
    }
    Ints total() const {
        constexpr int inOrder = 0b11011000;
        const __m256i low = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[0], sums[1]), inOrder);
        const __m256i high = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[2], sums[3]), inOrder);
        using Eight __attribute__((vector_size(32))) = std::int32_t;
        return __builtin_shufflevector(reinterpret_cast<Eight>(low), reinterpret_cast<Eight>(high), 0, 1, 2, 3, 4, 5, 6,
                                       7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
};
#else
struct ByteSums {
    static constexpr int inRegisters = 2;
    Ints sums = {};

    void add(const std::uint8_t* weights, const std::int8_t* x) {
        const auto fours = at<const Sixteen<std::uint32_t>::Type>(weights);
        for (int input = 0; input < 4; ++input) {
            sums += reinterpret_cast<Ints>(fours >> (8 * input) & 255) * std::int32_t{x[input]};
        }
    }
    Ints total() const { return sums; }
};
#endif

template <int rowCount, int blockCount>
void byteTile(const ByteMatrix& weights, const std::int8_t* x, const ByteRow* xRows, float* y, long inputs,
              long outputs, long output) {
    const std::uint8_t* fours = weights.bytes + ByteMatrix::place(output, 0, weights.capacity);
    const long block = ByteMatrix::place(lanes, 0, weights.capacity);
    ByteSums sums[blockCount][rowCount] = {};
    for (long i = 0; i < inputs; i += 4, fours += 4 * lanes) {
        for (int index = 0; index < blockCount; ++index) {
            for (int row = 0; row < rowCount; ++row) {
                sums[index][row].add(fours + index * block, x + row * inputs + i);
            }
        }
    }
    for (int index = 0; index < blockCount; ++index, output += lanes) {
        for (int row = 0; row < rowCount; ++row) {
            const Ints total = sums[index][row].total() - 128 * xRows[row].sum;
            const Lanes numbers =
                __builtin_convertvector(total, Lanes) * (xRows[row].scale * lanesAt(weights.scales + output));
            float* out = y + row * outputs + output;
            if (output + lanes <= outputs) {
                at<Lanes>(out) = numbers;
            } else {
                for (long lane = 0; lane < outputs - output; ++lane) {
                    out[lane] = numbers[lane];
                }
            }
        }
    }
}

template <int blockCount>
void byteTiles(const ByteMatrix& weights, const std::int8_t* x, const ByteRow* xRows, float* y, long rows, long inputs,
               long outputs, long output) {
    long row = 0;
    const auto run = [&](auto kernel, int count) {
        for (; row + count <= rows; row += count) {
            kernel(weights, x + row * inputs, xRows + row, y + row * outputs, inputs, outputs, output);
        }
    };
    constexpr int most = ByteSums::inRegisters / blockCount;
    if constexpr (most >= 8) run(byteTile<8, blockCount>, 8);
    if constexpr (most >= 4) run(byteTile<4, blockCount>, 4);
    if constexpr (most >= 2) run(byteTile<2, blockCount>, 2);
    run(byteTile<1, blockCount>, 1);
}

void linearBytes(const ByteMatrix& weights, const std::int8_t* x, const ByteRow* xRows, float* y, int rows, int inputs,
                 int outputs) {
    // With few rows several outputs' sums go on side by side, with many rows several rows'.
    constexpr int blockCount = ByteSums::inRegisters / 2;
    long output = 0;
    for (; rows <= 2 && output + (blockCount - 1) * lanes < outputs; output += blockCount * lanes) {
        byteTiles<blockCount>(weights, x, xRows, y, rows, inputs, outputs, output);
    }
    for (; output < outputs; output += lanes) {
        byteTiles<1>(weights, x, xRows, y, rows, inputs, outputs, output);
    }
}

void toBytes(const float* x, std::int8_t* bytes, ByteRow* byteRows, int rows, int width) {
    for (int row = 0; row < rows; ++row, x += width, bytes += width) {
        Lanes most = {};
        for (int i = 0; i < width; i += lanes) {
            most = larger(most, larger(lanesAt(x + i), -lanesAt(x + i)));
        }
        const float largestNumber = largest(most);
        const float perNumber = largestNumber > 0 ? 127 / largestNumber : 0;
        Ints total = {};
        for (int i = 0; i < width; i += lanes) {
            const Ints whole = __builtin_convertvector(rounded(lanesAt(x + i) * perNumber), Ints);
            total += whole;
            at<Bytes>(bytes + i) = __builtin_convertvector(whole, Bytes);
        }
        byteRows[row] = {largestNumber / 127, sum<std::int32_t>(total)};
    }
}

void toTwoBytes(const float* numbers, const float* factors, std::int8_t* bytes, ByteRow* byteRows, int count) {
    Lanes most = {};
    for (int i = 0; i < count; i += lanes) {
        most = larger(most, lanesAt(numbers + i) * lanesAt(factors + i));
    }
    constexpr float most16 = 127 * 256;
    const float largestNumber = largest(most);
    const float perNumber = largestNumber > 0 ? most16 / largestNumber : 0;
    Ints highs = {};
    Ints lows = {};
    for (int i = 0; i < count; i += lanes) {
        const Lanes product = lanesAt(numbers + i) * lanesAt(factors + i);
        const Ints whole = __builtin_convertvector(rounded(product * perNumber), Ints);
        const Ints high = (whole + 128) >> 8;
        const Ints low = whole - (high << 8);
        highs += high;
        lows += low;
        at<Bytes>(bytes + i) = __builtin_convertvector(high, Bytes);
        at<Bytes>(bytes + count + i) = __builtin_convertvector(low, Bytes);
    }
    byteRows[0] = {largestNumber / 127, sum<std::int32_t>(highs)};
    byteRows[1] = {largestNumber / most16, sum<std::int32_t>(lows)};
}

float exponentials(float* numbers, int count) {
    const int end = (count + lanes - 1) / lanes * lanes;
    for (int i = count; i < end; ++i) {
        numbers[i] = numbers[0];
    }
    Lanes most = lanesAt(numbers);
    for (int i = lanes; i < end; i += lanes) {
        most = larger(most, lanesAt(numbers + i));
    }
    const float highest = largest(most);
    for (int i = 0; i < end; i += lanes) {
        const Lanes below = lanesAt(numbers + i) - highest;
        at<Lanes>(numbers + i) = exponential(below > -87.0F ? below : Lanes{} - 87.0F);
    }
    for (int i = count; i < end; ++i) {
        numbers[i] = 0;
    }
    Lanes total = {};
    for (int i = 0; i < end; i += lanes) {
        total += lanesAt(numbers + i);
    }
    return sum(total);
}

void weightedSum(const float* weights, const float* values, float* out, int count, int width) {
    for (int i = 0; i < width; i += lanes) {
        Lanes total = lanesAt(out + i);
        for (int value = 0; value < count; ++value) {
            total += weights[value] * lanesAt(values + static_cast<long>(value) * width + i);
        }
        at<Lanes>(out + i) = total;
    }
}

inline Lanes sigmoid(const Lanes& x) {
    const Lanes least = x > -87.0F ? x : Lanes{} - 87.0F;
    return 1.0F / (1.0F + exponential(-(least < 87.0F ? least : Lanes{} + 87.0F)));
}
inline Lanes hyperbolicTangent(const Lanes& x) { return 2.0F * sigmoid(2.0F * x) - 1.0F; }

void lstmCells(const float* fromInput, const float* fromHidden, const float* bias, float* cell, float* hidden,
               int width) {
    for (int i = 0; i < width; i += lanes) {
        const auto gate = [&](int kind) {
            const int place = kind * width + i;
            return lanesAt(fromInput + place) + lanesAt(fromHidden + place) + lanesAt(bias + place);
        };
        const Lanes kept = sigmoid(gate(1)) * lanesAt(cell + i) + sigmoid(gate(0)) * hyperbolicTangent(gate(2));
        at<Lanes>(cell + i) = kept;
        at<Lanes>(hidden + i) = sigmoid(gate(3)) * hyperbolicTangent(kept);
    }
}

void normalise(const float* x, const float* weights, float* out, int rows, int width, float epsilon) {
    for (int row = 0; row < rows; ++row, x += width, out += width) {
        Lanes total = {};
        for (int i = 0; i < width; i += lanes) {
            total += lanesAt(x + i);
        }
        const float mean = sum(total) / static_cast<float>(width);
        Lanes squares = {};
        for (int i = 0; i < width; i += lanes) {
            const Lanes away = lanesAt(x + i) - mean;
            squares += away * away;
        }
        const float factor = 1.0F / __builtin_sqrtf(sum(squares) / static_cast<float>(width) + epsilon);
        for (int i = 0; i < width; i += lanes) {
            at<Lanes>(out + i) = (lanesAt(x + i) - mean) * factor * lanesAt(weights + i);
        }
    }
}

}  // namespace

#define RICERCAR_TEXT(name) RICERCAR_QUOTED(name)
#define RICERCAR_QUOTED(name) #name
#define RICERCAR_JOINED(prefix, name) RICERCAR_PASTED(prefix, name)
#define RICERCAR_PASTED(prefix, name) prefix##name

extern const Kernels RICERCAR_JOINED(kernels_, RICERCAR_KERNELS);
const Kernels RICERCAR_JOINED(kernels_, RICERCAR_KERNELS) = {RICERCAR_TEXT(RICERCAR_KERNELS),
                                                             linear<float>,
                                                             linear<std::uint16_t>,
                                                             linearBytes,
                                                             toBytes,
                                                             toTwoBytes,
                                                             exponentials,
                                                             weightedSum,
                                                             lstmCells,
                                                             normalise};

}  // namespace ricercar
