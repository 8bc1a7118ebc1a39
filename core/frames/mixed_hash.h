#pragma once

#include <cstdint>

namespace ricercar {

/// A hash of some small numbers in their order, for tables within one program; every bit depends on every number. The
/// mixing function is that of SplitMix64 (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number
/// Generators").
template <typename... Numbers>
constexpr std::uint64_t mixedHash(Numbers... numbers) {
    std::uint64_t hash = 0;
    const auto join = [&hash](std::uint64_t number) {
        hash = (hash ^ number) + 0x9e3779b97f4a7c15ULL;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
        hash ^= hash >> 31;
    };
    (join(static_cast<std::uint64_t>(numbers)), ...);
    return hash;
}

}  // namespace ricercar
