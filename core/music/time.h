#pragma once

#include <compare>
#include <cstdint>

namespace ricercar {

/// A length of time in ticks of some song.
struct TickDelta {
    std::int64_t value = 0;

    constexpr auto operator<=>(const TickDelta&) const = default;
    constexpr TickDelta operator+(TickDelta other) const { return {value + other.value}; }
    constexpr TickDelta operator-(TickDelta other) const { return {value - other.value}; }
    constexpr TickDelta operator*(std::int64_t factor) const { return {value * factor}; }
};

/// A moment in a song, in ticks from its start. How many ticks make a quarter note is the song's affair.
struct Tick {
    std::int64_t value = 0;

    constexpr auto operator<=>(const Tick&) const = default;
    constexpr Tick operator+(TickDelta delta) const { return {value + delta.value}; }
    constexpr Tick operator-(TickDelta delta) const { return {value - delta.value}; }
    constexpr TickDelta operator-(Tick other) const { return {value - other.value}; }
};

/// Half-open: from `begin` up to, not including, `end`.
struct TickRange {
    Tick begin;
    Tick end;

    constexpr bool operator==(const TickRange&) const = default;
    constexpr bool contains(Tick tick) const { return begin <= tick && tick < end; }
    constexpr TickDelta length() const { return end - begin; }
};

}  // namespace ricercar
