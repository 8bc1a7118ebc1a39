#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "core/music/time.h"

namespace ricercar {

/// A time signature.
struct Meter {
    std::uint8_t numerator = 4;    ///< 1 to 255
    std::uint8_t denominator = 4;  ///< a power of two, 1 to 128

    auto operator<=>(const Meter&) const = default;
    std::string text() const;  ///< "4/4"
};

struct MeterChange {
    Tick tick;
    Meter meter;
    bool operator==(const MeterChange&) const = default;
};

/// At least 1, also where a bar is no whole number of ticks.
TickDelta barLength(Meter meter, int ticksPerQuarter);
/// The length of the unit that the metre counts, e.g. an eighth in 6/8; at least 1.
TickDelta beatLength(Meter meter, int ticksPerQuarter);

/// Where a moment lies. All count from 0.
struct BarPosition {
    int bar = 0;
    int beat = 0;
    TickDelta tick;  ///< from the start of the beat
    bool operator==(const BarPosition&) const = default;
};

/// Bars of a song, without end: the last metre goes on for ever. A change inside a bar cuts that bar short.
class MeterMap {
public:
    /// `changes` sorted by tick; 4/4 before the first.
    MeterMap(int ticksPerQuarter, const std::vector<MeterChange>& changes);

    BarPosition positionAt(Tick tick) const;
    int barAt(Tick tick) const { return positionAt(tick).bar; }
    Tick barStart(int bar) const;
    Meter meterOfBar(int bar) const;
    TickRange bars(int first, int last) const { return {barStart(first), barStart(last + 1)}; }

private:
    struct Segment {
        std::int64_t tick = 0;
        int bar = 0;
        Meter meter;
        std::int64_t barTicks = 0;
        std::int64_t beatTicks = 0;
    };
    const Segment& segmentOfBar(int bar) const;

    std::vector<Segment> m_segments;  ///< never empty; the first starts at tick 0 in bar 0
};

}  // namespace ricercar
