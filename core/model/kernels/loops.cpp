// Compiled several times, with RICERCAR_KERNELS naming the instruction set that this copy may use. Includes nothing
// whose inline functions the linker could share with code for a lesser processor.
#include "core/model/kernels/kernels.h"
#include "core/model/kernels/lanes.h"

#if defined(__AVX2__)
#include <immintrin.h>  // inlined always
#elif defined(__ARM_FEATURE_DOTPROD)
#include <arm_neon.h>
#endif

namespace ricercar {

namespace {

using Bytes = Sixteen<std::int8_t>::Type;
using Four __attribute__((aligned(1), may_alias)) = std::int32_t;  // bytes

/// `rowCount` rows of x by `outputCount` rows of weights: every number that is loaded is used several times.
template <int rowCount, int outputCount, typename Weight>
void tile(const Weight* weights, const float* x, float* y, long inputs, long outputs, Onto onto) {
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
            float& out = y[row * outputs + output];
            out = sum(sums[row][output]) + (onto == Onto::nothing ? 0 : out);
        }
    }
}

template <int rowCount, typename Weight>
void rowsOfTiles(const Weight* weights, const float* x, float* y, long inputs, long outputs, Onto onto) {
    constexpr int outputCount = 4;
    long output = 0;
    for (; output + outputCount <= outputs; output += outputCount) {
        tile<rowCount, outputCount>(weights + output * inputs, x, y + output, inputs, outputs, onto);
    }
    for (; output < outputs; ++output) {
        tile<rowCount, 1>(weights + output * inputs, x, y + output, inputs, outputs, onto);
    }
}

template <typename Weight>
void linear(const Weight* weights, const float* x, float* y, int rows, int inputs, int outputs, Onto onto) {
    long row = 0;
    const auto run = [&](auto kernel, int count) {
        for (; row + count <= rows; row += count) {
            kernel(weights, x + row * inputs, y + row * outputs, inputs, outputs, onto);
        }
    };
    run(rowsOfTiles<4, Weight>, 4);
    run(rowsOfTiles<2, Weight>, 2);
    run(rowsOfTiles<1, Weight>, 1);
}

/// Sums of products of bytes for sixteen outputs, in `parts` registers each; `sumsInRegisters` of them go on side by
/// side. `added` takes four inputs of each of a part's outputs: `weights` [output][4], x [4]; what it multiplies is the
/// weights' bytes less 128 and plus `surplus`.
#if defined(__AVX512VNNI__)
using BytePart = __m512i;
constexpr int parts = 1;
constexpr int surplus = 128;
constexpr int sumsInRegisters = 8;

inline BytePart added(BytePart sums, const std::uint8_t* weights, const std::int8_t* x) {
    // What the intrinsic becomes copies each sum in each step (GCC 12).
    asm("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sums) : "v"(_mm512_load_si512(weights)), "m"(at<const Four>(x)));
    return sums;
}
inline Ints total(const BytePart (&sums)[parts]) { return reinterpret_cast<Ints>(sums[0]); }
#elif defined(__AVX2__)
using BytePart = __m256i;  // two sums for each output
constexpr int parts = 4;
constexpr int surplus = 128;
constexpr int sumsInRegisters = 2;

inline BytePart added(BytePart sums, const std::uint8_t* weights, const std::int8_t* x) {
    const __m256i in = _mm256_cvtepi8_epi16(_mm_set1_epi32(at<const Four>(x)));
    const __m256i wide = _mm256_cvtepu8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(weights)));
    return _mm256_add_epi32(sums, _mm256_madd_epi16(wide, in));
}
inline Ints total(const BytePart (&sums)[parts]) {
    constexpr int inOrder = 0b11011000;
    const __m256i low = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[0], sums[1]), inOrder);
    const __m256i high = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[2], sums[3]), inOrder);
    using Eight __attribute__((vector_size(32))) = std::int32_t;
    return __builtin_shufflevector(reinterpret_cast<Eight>(low), reinterpret_cast<Eight>(high), 0, 1, 2, 3, 4, 5, 6, 7,
                                   8, 9, 10, 11, 12, 13, 14, 15);
}
#elif defined(__ARM_FEATURE_DOTPROD)
using BytePart = int32x4_t;
constexpr int parts = 4;
constexpr int surplus = 0;
constexpr int sumsInRegisters = 4;

inline BytePart added(BytePart sums, const std::uint8_t* weights, const std::int8_t* x) {
    const uint8x16_t fewer = veorq_u8(vld1q_u8(weights), vdupq_n_u8(128));
    return vdotq_s32(sums, vreinterpretq_s8_u8(fewer), vreinterpretq_s8_s32(vdupq_n_s32(at<const Four>(x))));
}
inline Ints total(const BytePart (&sums)[parts]) { return at<const Ints>(&sums[0]); }
#else
using BytePart = Ints;
constexpr int parts = 1;
constexpr int surplus = 128;
constexpr int sumsInRegisters = 2;

inline BytePart added(BytePart sums, const std::uint8_t* weights, const std::int8_t* x) {
    const auto fours = at<const Sixteen<std::uint32_t>::Type>(weights);
    for (int input = 0; input < 4; ++input) {
        sums += reinterpret_cast<Ints>(fours >> (8 * input) & 255) * std::int32_t{x[input]};
    }
    return sums;
}
inline Ints total(const BytePart (&sums)[parts]) { return sums[0]; }
#endif

/// `rowCount` rows of x by sixteen outputs. With few rows each has several sums, of every so many fours of inputs.
template <int rowCount>
void byteTile(const ByteMatrix& weights, const std::int8_t* x, const ByteRow* xRows, float* y, long inputs,
              long outputs, Onto onto, long output) {
    constexpr int prefetched = 2048;
    constexpr int most = lanes / 4;  // of inputs there are a multiple of 16
    constexpr int perRow = sumsInRegisters / rowCount < most ? sumsInRegisters / rowCount : most;
    const std::uint8_t* fours = weights.bytes + ByteMatrix::place(output, 0, weights.capacity);
    BytePart sums[rowCount][perRow][parts] = {};
    for (long i = 0; i < inputs; i += 4 * perRow) {
#pragma GCC unroll 8
        for (long four = 0; four < perRow; ++four, fours += 4 * lanes) {
            __builtin_prefetch(fours + prefetched);
#pragma GCC unroll 8
            for (long part = 0; part < parts; ++part) {
#pragma GCC unroll 8
                for (int row = 0; row < rowCount; ++row) {
                    BytePart& sum = sums[row][four][part];
                    sum = added(sum, fours + part * 4 * lanes / parts, x + row * inputs + i + 4 * four);
                }
            }
        }
    }
    const Lanes scales = lanesAt(weights.scales + output);
    const auto finish = [&](float* to, long stride) {
#pragma GCC unroll 8
        for (int row = 0; row < rowCount; ++row, to += stride) {
            Ints whole = total(sums[row][0]) - surplus * xRows[row].sum;
#pragma GCC unroll 8
            for (int four = 1; four < perRow; ++four) {
                whole += total(sums[row][four]);
            }
            const Lanes before = onto == Onto::nothing ? Lanes{} : at<Lanes>(to);
            at<Lanes>(to) = before + __builtin_convertvector(whole, Lanes) * (xRows[row].scale * scales);
        }
    };
    if (const long room = outputs - output; room >= lanes) {
        finish(y + output, outputs);
    } else {
        float edge[rowCount][lanes] = {};
        const auto copyRows = [&](auto copy) {
            for (long i = 0; i < rowCount * room; ++i) {
                copy(edge[i / room][i % room], y[i / room * outputs + output + i % room]);
            }
        };
        copyRows([](float& to, const float& from) { to = from; });
        finish(edge[0], lanes);
        copyRows([](const float& from, float& to) { to = from; });
    }
}

void linearBytes(const ByteMatrix& weights, const std::int8_t* x, const ByteRow* xRows, float* y, int rows, int inputs,
                 int outputs, Onto onto) {
    for (long output = 0; output < outputs; output += lanes) {
        long row = 0;
        const auto run = [&](auto kernel, int count) {
            for (; row + count <= rows; row += count) {
                kernel(weights, x + row * inputs, xRows + row, y + row * outputs, inputs, outputs, onto, output);
            }
        };
        if constexpr (sumsInRegisters >= 8) run(byteTile<8>, 8);
        if constexpr (sumsInRegisters >= 4) run(byteTile<4>, 4);
        run(byteTile<2>, 2);
        run(byteTile<1>, 1);
    }
}

void toBytes(const float* x, const float* factors, std::int8_t* bytes, ByteRow* byteRows, int rows, int width) {
    for (int row = 0; row < rows; ++row, x += width, bytes += width) {
        const auto product = [&](int i) { return factors ? lanesAt(x + i) * lanesAt(factors + i) : lanesAt(x + i); };
        Lanes most = {};
        for (int i = 0; i < width; i += lanes) {
            most = larger(most, larger(product(i), -product(i)));
        }
        const float largestNumber = largest(most);
        const float perNumber = largestNumber > 0 ? 127 / largestNumber : 0;
        Ints total = {};
        for (int i = 0; i < width; i += lanes) {
            const Ints whole = __builtin_convertvector(rounded(product(i) * perNumber), Ints);
            total += whole;
            at<Bytes>(bytes + i) = __builtin_convertvector(whole, Bytes);
        }
        byteRows[row] = {largestNumber / 127, sum<std::int32_t>(total)};
    }
}

float exponentials(float* numbers, int count, long stride, float factor) {
    const Ints order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const auto forEachLanes = [&](auto visit) {
        for (int first = 0; first < count; first += pieceLength, numbers += stride) {
            for (int i = 0; i < pieceLength; i += lanes) {
                visit(at<Lanes>(numbers + i), order + (first + i) < count);
            }
        }
        numbers -= (count + pieceLength - 1) / pieceLength * stride;
    };
    Lanes most = Lanes{} + numbers[0];
    forEachLanes([&](const Lanes& x, const Ints& counts) { most = larger(most, counts ? x : most); });
    const float highest = largest(most);
    Lanes total = {};
    forEachLanes([&](Lanes& x, const Ints& counts) {
        x = counts ? exponential(larger((x - highest) * factor, Lanes{} - 87.0F)) : Lanes{};
        total += x;
    });
    return sum(total);
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

void turn(float* heads, const float* angles, int count, int width) {
    const int half = width / 2;
    for (float* head = heads; head < heads + static_cast<long>(count) * width; head += width) {
        for (int i = 0; i < half; ++i) {
            const float a = head[i];
            const float b = head[half + i];
            head[i] = a * angles[i] - b * angles[half + i];
            head[half + i] = a * angles[half + i] + b * angles[i];
        }
    }
}

void squaredRelu(float* x, long count) {
    for (long i = 0; i < count; i += lanes) {
        const Lanes positive = larger(lanesAt(x + i), Lanes{});
        at<Lanes>(x + i) = positive * positive;
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
                                                             exponentials,
                                                             lstmCells,
                                                             turn,
                                                             squaredRelu,
                                                             normalise};

}  // namespace ricercar
