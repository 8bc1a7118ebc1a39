#pragma once

namespace ricercar {

/// In which numbers a model decodes.
enum class Precision {
    stored,  ///< the weights as the file has them, everything else in 32-bit floats: the reference
    int8     ///< weights, what they are multiplied with, keys and values in bytes; sums are exact
};

/// What decodes where nothing else is asked for: the fastest, at a price in held-out nats that docs/results.md states
/// and tests/core/model/precision_test.cpp bounds.
inline constexpr Precision usualPrecision = Precision::int8;

}  // namespace ricercar
