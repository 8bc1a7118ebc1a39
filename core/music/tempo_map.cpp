#include "core/music/tempo_map.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

TempoChange tempoAt(Tick tick, double quartersPerMinute) {
    return {tick, static_cast<std::int32_t>(std::clamp(std::round(60e6 / quartersPerMinute), 1.0, 16777215.0))};
}

TempoMap::TempoMap(int ticksPerQuarter, const std::vector<TempoChange>& changes)
    : m_ticksPerQuarter(ticksPerQuarter), m_segments{{0, 0.0, 0.5 / ticksPerQuarter}} {
    for (const TempoChange& change : changes) {
        const double seconds = secondsAt(change.tick);
        const double secondsPerTick = change.microsecondsPerQuarter / 1e6 / ticksPerQuarter;
        if (change.tick.value <= m_segments.back().tick) {
            m_segments.back().secondsPerTick = secondsPerTick;
        } else {
            m_segments.push_back({change.tick.value, seconds, secondsPerTick});
        }
    }
}

double TempoMap::secondsAt(Tick tick) const {
    const auto after = std::upper_bound(m_segments.begin() + 1, m_segments.end(), tick.value,
                                        [](std::int64_t value, const Segment& s) { return value < s.tick; });
    const Segment& segment = *(after - 1);
    return segment.seconds + static_cast<double>(tick.value - segment.tick) * segment.secondsPerTick;
}

double TempoMap::ticksAt(double seconds) const {
    const auto after = std::upper_bound(m_segments.begin() + 1, m_segments.end(), seconds,
                                        [](double value, const Segment& s) { return value < s.seconds; });
    const Segment& segment = *(after - 1);
    return std::max(0.0, static_cast<double>(segment.tick) + (seconds - segment.seconds) / segment.secondsPerTick);
}

double TempoMap::quartersPerMinuteAt(Tick tick) const {
    const auto after = std::upper_bound(m_segments.begin() + 1, m_segments.end(), tick.value,
                                        [](std::int64_t value, const Segment& s) { return value < s.tick; });
    return 60.0 / ((after - 1)->secondsPerTick * m_ticksPerQuarter);
}

}  // namespace ricercar
