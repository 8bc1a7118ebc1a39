#pragma once

#include <cstdint>
#include <vector>

#include "core/music/time.h"

namespace ricercar {

struct TempoChange {
    Tick tick;
    std::int32_t microsecondsPerQuarter = 500'000;  ///< 1 to 16777215

    bool operator==(const TempoChange&) const = default;
    double quartersPerMinute() const { return 60e6 / microsecondsPerQuarter; }
};

TempoChange tempoAt(Tick tick, double quartersPerMinute);

/// Ticks to seconds and back, in logarithmic time.
class TempoMap {
public:
    /// `changes` sorted by tick; 120 quarters a minute before the first.
    TempoMap(int ticksPerQuarter, const std::vector<TempoChange>& changes);

    double secondsAt(Tick tick) const;
    /// The tick at `seconds`, with its fraction; negative time gives 0.
    double ticksAt(double seconds) const;
    double quartersPerMinuteAt(Tick tick) const;

private:
    struct Segment {
        std::int64_t tick;
        double seconds;
        double secondsPerTick;
    };

    int m_ticksPerQuarter;
    std::vector<Segment> m_segments;  ///< never empty; the first starts at tick 0
};

}  // namespace ricercar
