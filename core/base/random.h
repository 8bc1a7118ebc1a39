#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace ricercar {

/// The project's seeded generator: the same seed gives the same numbers on every platform and library, which the
/// distributions of `<random>` do not promise. Xoshiro256++ seeded by SplitMix64 (Blackman and Vigna, "Scrambled
/// linear pseudorandom number generators", ACM TOMS 2021).
class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (auto& word : m_state) {
            word = splitMix(seed);
        }
    }

    /// An independent generator for the part of the work that `stream` numbers, e.g. one take or one training step.
    static Random forStream(std::uint64_t seed, std::uint64_t stream) {
        std::uint64_t mixed = seed;
        const std::uint64_t first = splitMix(mixed);
        return Random(first ^ (stream * 0xd1342543de82ef95ULL + 0x632be59bd9b4e019ULL));
    }

    std::uint64_t next() {
        const std::uint64_t result = rotateLeft(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = rotateLeft(m_state[3], 45);
        return result;
    }

    /// Uniform in [0, 1).
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// Uniform in 0 .. bound-1 for a bound below 2^32; 0 when bound is 0. By multiply and shift (Lemire, "Fast random
    /// integer generation in an interval", 2019) without the rejection: the bias is at most bound / 2^32.
    std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }

    /// Uniform in low .. high, both included.
    int between(int low, int high) {
        return low + static_cast<int>(below(static_cast<std::uint64_t>(std::int64_t{high} - low + 1)));
    }

    /// Standard normal (Box-Muller).
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

    template <typename T>
    void shuffle(std::span<T> items) {
        for (std::size_t left = items.size(); left > 1; --left) {
            std::swap(items[left - 1], items[below(left)]);
        }
    }

private:
    static std::uint64_t rotateLeft(std::uint64_t value, int count) {
        return (value << count) | (value >> (64 - count));
    }
    static std::uint64_t splitMix(std::uint64_t& state) {
        std::uint64_t mixed = (state += 0x9e3779b97f4a7c15ULL);
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31);
    }

    std::uint64_t m_state[4] = {};
};

}  // namespace ricercar
