#pragma once

#include <cstdint>

// Sixteen numbers side by side, for files that are compiled once for each instruction set. Everything has internal
// linkage, so that the linker cannot share what is compiled for one processor with code for a lesser one.

namespace ricercar {

namespace {  // NOLINT(cert-dcl59-cpp)

constexpr int lanes = 16;

/// Sixteen numbers, at any address of a number and aliasing it.
template <typename Number>
struct Sixteen {
    using Type __attribute__((vector_size(lanes * sizeof(Number)), aligned(alignof(Number)), may_alias)) = Number;
};
using Lanes = Sixteen<float>::Type;
using Ints = Sixteen<std::int32_t>::Type;

template <typename Vector, typename Number>
Vector& at(Number* address) {
    return *reinterpret_cast<Vector*>(address);
}

inline Lanes lanesAt(const float* address) { return at<const Lanes>(address); }
inline Lanes lanesAt(const std::uint16_t* bfloat16) {
    const auto halves = at<const Sixteen<std::uint16_t>::Type>(bfloat16);
    return reinterpret_cast<Lanes>(__builtin_convertvector(halves, Sixteen<std::uint32_t>::Type) << 16);
}

/// By halves, which the processor adds side by side.
template <typename Sum = float, typename Vector>
Sum sum(const Vector& values) {
    using Half __attribute__((vector_size(32))) = Sum;
    using Quarter __attribute__((vector_size(16))) = Sum;
    const Half half = __builtin_shufflevector(values, values, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(values, values, 8, 9, 10, 11, 12, 13, 14, 15);
    const Quarter quarter =
        __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
    return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
}

inline Lanes larger(const Lanes& a, const Lanes& b) { return a > b ? a : b; }

inline float largest(const Lanes& values) {
    using Half __attribute__((vector_size(32))) = float;
    using Quarter __attribute__((vector_size(16))) = float;
    const auto higher = [](const auto& a, const auto& b) { return a > b ? a : b; };
    const Half half = higher(__builtin_shufflevector(values, values, 0, 1, 2, 3, 4, 5, 6, 7),
                             __builtin_shufflevector(values, values, 8, 9, 10, 11, 12, 13, 14, 15));
    const Quarter quarter =
        higher(__builtin_shufflevector(half, half, 0, 1, 2, 3), __builtin_shufflevector(half, half, 4, 5, 6, 7));
    const float even = higher(quarter[0], quarter[2]);
    return higher(even, higher(quarter[1], quarter[3]));
}

/// Numbers below 2^22 that are added to this have no room for a fraction.
constexpr float noFraction = 0x1.8p23F;

/// To the nearest whole number, for numbers below 2^22.
inline Lanes rounded(const Lanes& numbers) { return (numbers + noFraction) - noFraction; }

/// exp of numbers from -87 to 87: 2^n times the series of exp for what is left, at most half of log(2).
inline Lanes exponential(const Lanes& x) {
    const Lanes shifted = x * 1.44269504F + noFraction;  // n is in its lowest bits
    const Lanes n = shifted - noFraction;
    const Lanes rest = (x - n * 0.693145752F) - n * 1.42860677e-6F;  // log(2) in two parts, the first of 15 bits
    Lanes series = Lanes{} + 1.0F / 5040;
    constexpr float factors[] = {1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 1.0F / 2, 1.0F, 1.0F};
    for (const float factor : factors) {
        series = factor + rest * series;
    }
    using Bits = Sixteen<std::uint32_t>::Type;
    return reinterpret_cast<Lanes>(reinterpret_cast<Bits>(series) + (reinterpret_cast<Bits>(shifted) << 23));
}

}  // namespace

}  // namespace ricercar
