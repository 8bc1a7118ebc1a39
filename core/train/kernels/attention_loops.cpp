// Compiled several times, with RICERCAR_KERNELS naming the instruction set that this copy may use. Includes nothing
// whose inline functions the linker could share with code for a lesser processor.
#include "core/model/kernels/lanes.h"
#include "core/train/kernels/attention.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>  // inlined always
#endif

namespace ricercar {

namespace {

#if defined(__AVX512F__)
constexpr int registerBytes = 64;
constexpr int tileRows = 8;  // a tile of a product has so many rows
#elif defined(__AVX2__)
constexpr int registerBytes = 32;
constexpr int tileRows = 4;
#else
constexpr int registerBytes = 16;
constexpr int tileRows = 4;
#endif
constexpr int registerWords = registerBytes / 4;
using Register __attribute__((vector_size(registerBytes), aligned(4), may_alias)) = float;

// Matrices are multiplied in words of 32 bits: one float, or two numbers in bfloat16 that follow each other where the
// sum runs. Of a product a[m][k] b[k][n] the words of `a` are [m][k / group], those of `b` [k / group][n].
using Word __attribute__((may_alias)) = std::int32_t;

/// A matrix of words; its rows are `stride` words apart.
struct Words {
    const Word* first;
    long stride;

    Words from(long row, long column) const { return {first + row * stride + column, stride}; }
};

inline Words wordsAt(const float* address, long stride) { return {reinterpret_cast<const Word*>(address), stride}; }

#if defined(__AVX512BF16__)
using Number = std::uint16_t;
constexpr int group = 2;

inline Register plusProduct(const Register& sum, const Register& a, const Register& b) {
    return reinterpret_cast<Register>(
        _mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b)));
}
inline void store(const Lanes& values, Number* target) {
    using Halves = Sixteen<std::uint16_t>::Type;
    at<Halves>(target) = reinterpret_cast<Halves>(_mm512_cvtneps_pbh(reinterpret_cast<__m512>(values)));
}
/// As the lower halves of words (`place` 0), or as the upper halves of those that are there.
inline void putWords(const Lanes& values, long place, float* target) {
    using Halves = Sixteen<std::uint16_t>::Type;
    const auto halves = reinterpret_cast<Halves>(_mm512_cvtneps_pbh(reinterpret_cast<__m512>(values)));
    const Ints numbers = __builtin_convertvector(halves, Ints);
    Ints& words = at<Ints>(target);
    words = place == 0 ? numbers : words | numbers << 16;
}
#else
using Number = float;
constexpr int group = 1;

inline Register plusProduct(const Register& sum, const Register& a, const Register& b) { return sum + a * b; }
inline void store(const Lanes& values, Number* target) { at<Lanes>(target) = values; }
inline void putWords(const Lanes& values, long /*place*/, float* target) { at<Lanes>(target) = values; }
#endif

constexpr long block = 64;        // tokens whose scores are looked at together
constexpr long queryChunk = 256;  // queries that the gradient of a block looks at together

inline Register everywhere(Word word) {
    using Integers __attribute__((vector_size(registerBytes))) = std::int32_t;
    return reinterpret_cast<Register>(Integers{} + word);
}

template <int registers>
void tile(const Words& a, const Words& b, long count, float* c, long cStride, bool add) {
    Register sums[tileRows][registers] = {};
    for (long k = 0; k < count; ++k) {
        Register of[registers];
        for (int part = 0; part < registers; ++part) {
            of[part] = at<const Register>(b.first + k * b.stride + part * registerWords);
        }
#pragma GCC unroll 8
        for (int row = 0; row < tileRows; ++row) {
            const Register one = everywhere(a.first[row * a.stride + k]);
            for (int part = 0; part < registers; ++part) {
                sums[row][part] = plusProduct(sums[row][part], one, of[part]);
            }
        }
    }
#pragma GCC unroll 8
    for (int row = 0; row < tileRows; ++row) {
        for (int part = 0; part < registers; ++part) {
            Register& target = at<Register>(c + row * cStride + part * registerWords);
            target = add ? target + sums[row][part] : sums[row][part];
        }
    }
}

/// c[m][n] = a[m][k] b[k][n], or is increased by it; m is a multiple of `tileRows`, n of 16, `count` the words of k.
void multiply(long m, long n, long count, const Words& a, const Words& b, float* c, long cStride, bool add) {
    for (long row = 0; row < m; row += tileRows) {
        long column = 0;
        for (; column + 2 * registerWords <= n; column += 2 * registerWords) {
            tile<2>(a.from(row, 0), b.from(0, column), count, c + row * cStride + column, cStride, add);
        }
        if (column < n) {
            tile<1>(a.from(row, 0), b.from(0, column), count, c + row * cStride + column, cStride, add);
        }
    }
}

/// Hands out parts of the scratch memory, cleared.
class Arena {
public:
    explicit Arena(float* free) : m_free(free) {}

    float* take(long count) {
        float* part = m_free;
        m_free += (count + lanes - 1) / lanes * lanes;
        __builtin_memset(part, 0, static_cast<std::size_t>(m_free - part) * sizeof(float));
        return part;
    }

private:
    float* m_free;
};

constexpr long padded(long time) { return (time + block - 1) / block * block; }
/// From row to row of a matrix, so that rows of a power of two do not lie in the same place of the caches.
constexpr long spread(long numbers) { return numbers + 2 * lanes; }

/// One token's numbers in 32 bits.
void read(const Number* from, float* row, long width) {
    for (long i = 0; i < width; i += lanes) {
        at<Lanes>(row + i) = lanesAt(from + i);
    }
}

/// Turns the row by the angles of the token at `time`, backwards with a direction of -1, and scales it.
void turn(const AttentionHead& head, long time, float direction, float scale, float* row) {
    const long half = head.width / 2;
    for (long i = 0; i < half; ++i) {
        const float cosine = scale * head.cosine[time * half + i];
        const float sine = direction * scale * head.sine[time * half + i];
        const float first = row[i];
        const float second = row[half + i];
        row[i] = first * cosine - second * sine;
        row[half + i] = first * sine + second * cosine;
    }
}

void write(const float* row, Number* to, long width) {
    for (long i = 0; i < width; i += lanes) {
        store(lanesAt(row + i), to + i);
    }
}

/// The row as words, each of which goes to another row of `target`: as the second factor of a product that is summed
/// over the width.
void putColumn(const float* row, long width, float* target, long stride) {
    float column[lanes];
    for (long i = 0; i < width; i += lanes) {
        store(lanesAt(row + i), reinterpret_cast<Number*>(column));
        for (long word = 0; word < lanes / group; ++word) {
            target[(i / group + word) * stride] = column[word];
        }
    }
}

/// The row among those of other times: as the second factor of a product that is summed over the time. Even times come
/// before odd ones.
void putAmongTimes(const float* row, long width, long time, float* target) {
    for (long i = 0; i < width; i += lanes) {
        putWords(lanesAt(row + i), time % group, target + time / group * width + i);
    }
}

inline Lanes boundedExponential(const Lanes& x) { return exponential(x > -87.0F ? x : Lanes{} - 87.0F); }

inline Lanes countedFrom(long first) {
    Lanes counted;
    for (int lane = 0; lane < lanes; ++lane) {
        counted[lane] = static_cast<float>(first + lane);
    }
    return counted;
}

struct RowSum {
    float highest;
    float sum;  ///< of exp(score - highest)
};

/// exp(score - the highest) of the first `count` scores, 0 up to `end`.
RowSum softmaxRow(float* scores, long count, long end, Number* weights) {
    const float low = -1e30F;
    for (long i = count; i < (count + lanes - 1) / lanes * lanes; ++i) {
        scores[i] = low;
    }
    Lanes most = Lanes{} + low;
    for (long i = 0; i < count; i += lanes) {
        most = larger(most, lanesAt(scores + i));
    }
    const float highest = largest(most);
    Lanes total = {};
    for (long i = 0; i < count; i += lanes) {
        const Lanes below = lanesAt(scores + i) - highest;
        const Lanes weight = below > -87.0F ? boundedExponential(below) : Lanes{};
        total += weight;
        store(weight, weights + i);
    }
    for (long i = (count + lanes - 1) / lanes * lanes; i < end; i += lanes) {
        store(Lanes{}, weights + i);
    }
    return {highest, sum(total)};
}

float scaleOf(const AttentionHead& head) { return 1.0F / __builtin_sqrtf(static_cast<float>(head.width)); }

void forward(const AttentionHead& head, const Number* in, Number* out, float* logSums, float* scratch) {
    const long width = head.width;
    const long words = width / group;
    const long times = padded(head.time);
    Arena arena(scratch);
    float* const row = arena.take(width);
    const long stride = spread(times);
    float* const keys = arena.take(words * stride);           // [width][time]
    float* const values = arena.take(times / group * width);  // [time][width]
    float* const queries = arena.take(block * words);
    float* const scores = arena.take(block * stride);
    float* const weights = arena.take(block * stride / group);
    float* const sums = arena.take(block * width);
    for (long time = 0; time < head.time; ++time) {
        read(in + time * head.stride + head.part, row, width);
        turn(head, time, 1, 1, row);
        putColumn(row, width, keys + time, stride);
        read(in + time * head.stride + 2 * head.part, row, width);
        putAmongTimes(row, width, time, values);
    }
    for (long first = 0; first < head.time; first += block) {
        const long count = head.time - first < block ? head.time - first : block;
        const long seen = first + block;
        for (long query = 0; query < count; ++query) {
            read(in + (first + query) * head.stride, row, width);
            turn(head, first + query, 1, scaleOf(head), row);
            write(row, reinterpret_cast<Number*>(queries + query * words), width);
        }
        multiply(block, seen, words, wordsAt(queries, words), wordsAt(keys, stride), scores, stride, false);
        RowSum rowSums[block];
        for (long query = 0; query < count; ++query) {
            rowSums[query] = softmaxRow(scores + query * stride, first + query + 1, seen,
                                        reinterpret_cast<Number*>(weights + query * stride / group));
        }
        multiply(block, width, seen / group, wordsAt(weights, stride / group), wordsAt(values, width), sums, width,
                 false);
        for (long query = 0; query < count; ++query) {
            const auto [highest, sum] = rowSums[query];
            for (long i = 0; i < width; i += lanes) {
                store(lanesAt(sums + query * width + i) / sum, out + (first + query) * head.outStride + i);
            }
            logSums[first + query] = highest + __builtin_logf(sum);
        }
    }
}

/// What the gradient reads of a head, as factors of the products that it is made of.
struct GradientFactors {
    long width;
    long times;
    long stride;  ///< of what is by width
    // First factors.
    float* keys;         ///< [time][width]
    float* values;       ///< [time][width]
    float* keysByWidth;  ///< [width][time]
    // Second factors; of the output's gradient and of the scaled queries.
    float* queriesByWidth;    ///< [width][time]
    float* gradientsByWidth;  ///< [width][time]
    float* queries;           ///< [time][width]
    float* gradients;         ///< [time][width]
    // By time.
    float* logSums;
    float* outProducts;  ///< the output times its gradient
};

GradientFactors factorsOf(const AttentionHead& head, const Number* in, const Number* out, const Number* outGradient,
                          const float* logSums, Arena& arena) {
    const long width = head.width;
    const long times = padded(head.time);
    const long stride = spread(times);
    const auto byTime = [&] { return arena.take(times * width / group); };
    const auto byWidth = [&] { return arena.take(width * stride / group); };
    const GradientFactors factors{width,     times,     stride,   byTime(), byTime(),          byWidth(),
                                  byWidth(), byWidth(), byTime(), byTime(), arena.take(times), arena.take(times)};
    float* const row = arena.take(width);
    float* const gradient = arena.take(width);
    for (long time = 0; time < head.time; ++time) {
        const Number* token = in + time * head.stride;
        const long place = time * width / group;
        read(token, row, width);
        turn(head, time, 1, scaleOf(head), row);
        putColumn(row, width, factors.queriesByWidth + time, stride);
        putAmongTimes(row, width, time, factors.queries);
        read(token + head.part, row, width);
        turn(head, time, 1, 1, row);
        auto* const key = reinterpret_cast<Number*>(factors.keys + place);
        write(row, key, width);
        for (long i = 0; i < width; ++i) {
            reinterpret_cast<Number*>(factors.keysByWidth + i * stride / group)[time] = key[i];
        }
        read(token + 2 * head.part, row, width);
        write(row, reinterpret_cast<Number*>(factors.values + place), width);
        read(out + time * head.outStride, row, width);
        read(outGradient + time * head.outStride, gradient, width);
        putColumn(gradient, width, factors.gradientsByWidth + time, stride);
        putAmongTimes(gradient, width, time, factors.gradients);
        Lanes products = {};
        for (long i = 0; i < width; i += lanes) {
            products += lanesAt(row + i) * lanesAt(gradient + i);
        }
        factors.outProducts[time] = sum(products);
        factors.logSums[time] = logSums[time];
    }
    return factors;
}

constexpr long chunkStride = spread(queryChunk);

/// The scores of a block of keys, a row for each, with `count` queries become weights and the gradients of scores;
/// those of keys after the query become 0.
void weigh(const GradientFactors& factors, long firstKey, long firstQuery, long count, float* scores,
           float* gradients) {
    for (long key = 0; key < block; ++key) {
        for (long i = 0; i < count; i += lanes) {
            const long query = firstQuery + i;
            Lanes& score = at<Lanes>(scores + key * chunkStride + i);
            Lanes& gradient = at<Lanes>(gradients + key * chunkStride + i);
            Lanes weight = boundedExponential(score - lanesAt(factors.logSums + query));
            if (query < firstKey + key) {
                weight = countedFrom(query) < static_cast<float>(firstKey + key) ? Lanes{} : weight;
            }
            score = weight;
            gradient = weight * (gradient - lanesAt(factors.outProducts + query));
        }
    }
}

void backward(const AttentionHead& head, const Number* in, const Number* out, const Number* outGradient,
              const float* logSums, Number* inGradient, float* scratch) {
    Arena arena(scratch);
    const GradientFactors factors = factorsOf(head, in, out, outGradient, logSums, arena);
    const long width = factors.width;
    const long words = width / group;
    const long times = factors.times;
    const long stride = factors.stride;
    float* const scores = arena.take(block * chunkStride);
    float* const scoreGradients = arena.take(block * chunkStride);
    float* const weightWords = arena.take(block * chunkStride / group);
    float* const gradientWords = arena.take(block * chunkStride / group);
    float* const gradientsByKey = arena.take(block / group * chunkStride);
    float* const queryGradients = arena.take(width * stride);  // [width][time]
    float* const keyGradients = arena.take(block * width);
    float* const valueGradients = arena.take(block * width);
    const Words keys = wordsAt(factors.keys, words);
    const Words values = wordsAt(factors.values, words);
    const Words keysByWidth = wordsAt(factors.keysByWidth, stride / group);
    const Words queries = wordsAt(factors.queries, width);
    const Words queriesByWidth = wordsAt(factors.queriesByWidth, stride);
    const Words gradients = wordsAt(factors.gradients, width);
    const Words gradientsByWidth = wordsAt(factors.gradientsByWidth, stride);
    for (long firstKey = 0; firstKey < head.time; firstKey += block) {
        for (long first = firstKey; first < times; first += queryChunk) {
            const long count = times - first < queryChunk ? times - first : queryChunk;
            multiply(block, count, words, keys.from(firstKey, 0), queriesByWidth.from(0, first), scores, chunkStride,
                     false);
            multiply(block, count, words, values.from(firstKey, 0), gradientsByWidth.from(0, first), scoreGradients,
                     chunkStride, false);
            weigh(factors, firstKey, first, count, scores, scoreGradients);
            for (long key = 0; key < block; ++key) {
                const long place = key * chunkStride / group;
                write(scores + key * chunkStride, reinterpret_cast<Number*>(weightWords + place), count);
                write(scoreGradients + key * chunkStride, reinterpret_cast<Number*>(gradientWords + place), count);
                putAmongTimes(scoreGradients + key * chunkStride, chunkStride, key, gradientsByKey);
            }
            const bool add = first > firstKey;
            multiply(block, width, count / group, wordsAt(weightWords, chunkStride / group),
                     gradients.from(first / group, 0), valueGradients, width, add);
            multiply(block, width, count / group, wordsAt(gradientWords, chunkStride / group),
                     queries.from(first / group, 0), keyGradients, width, add);
            multiply(width, count, block / group, keysByWidth.from(0, firstKey / group),
                     wordsAt(gradientsByKey, chunkStride), queryGradients + first, stride, true);
        }
        for (long time = firstKey; time < head.time && time < firstKey + block; ++time) {
            float* const key = keyGradients + (time - firstKey) * width;
            turn(head, time, -1, 1, key);
            Number* const token = inGradient + time * head.stride;
            write(key, token + head.part, width);
            write(valueGradients + (time - firstKey) * width, token + 2 * head.part, width);
        }
    }
    float* const row = keyGradients;
    for (long time = 0; time < head.time; ++time) {
        for (long i = 0; i < width; ++i) {
            row[i] = queryGradients[i * stride + time];
        }
        turn(head, time, -1, scaleOf(head), row);
        write(row, inGradient + time * head.stride, width);
    }
}

std::size_t scratchOf(const AttentionHead& head) {
    const long times = padded(head.time);
    const long width = head.width;
    const long stride = spread(times);
    const long ofForward = width * (stride + times) + block * (2 * width + 2 * stride);
    const long ofBackward = width * (4 * times + 4 * stride) + 2 * times + block * (5 * chunkStride + 2 * width);
    const long smallParts = 16 * lanes + 2 * width;
    return static_cast<std::size_t>((ofForward > ofBackward ? ofForward : ofBackward) + smallParts);
}

}  // namespace

#define RICERCAR_TEXT(name) RICERCAR_QUOTED(name)
#define RICERCAR_QUOTED(name) #name
#define RICERCAR_JOINED(prefix, name) RICERCAR_PASTED(prefix, name)
#define RICERCAR_PASTED(prefix, name) prefix##name

extern const AttentionKernels<Number> RICERCAR_JOINED(attentionKernels_, RICERCAR_KERNELS);
const AttentionKernels<Number> RICERCAR_JOINED(attentionKernels_, RICERCAR_KERNELS) = {RICERCAR_TEXT(RICERCAR_KERNELS),
                                                                                       scratchOf, forward, backward};

}  // namespace ricercar
