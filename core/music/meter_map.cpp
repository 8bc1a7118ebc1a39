#include "core/music/meter_map.h"

#include <algorithm>

#include <fmt/format.h>

namespace ricercar {

std::string Meter::text() const { return fmt::format("{}/{}", numerator, denominator); }

TickDelta barLength(Meter meter, int ticksPerQuarter) {
    return {std::max<std::int64_t>(1, std::int64_t{4} * ticksPerQuarter * meter.numerator / meter.denominator)};
}

TickDelta beatLength(Meter meter, int ticksPerQuarter) {
    return {std::max<std::int64_t>(1, std::int64_t{4} * ticksPerQuarter / meter.denominator)};
}

MeterMap::MeterMap(int ticksPerQuarter, const std::vector<MeterChange>& changes) {
    const auto segment = [&](std::int64_t tick, int bar, Meter meter) {
        return Segment{tick, bar, meter, barLength(meter, ticksPerQuarter).value,
                       beatLength(meter, ticksPerQuarter).value};
    };
    m_segments.push_back(segment(0, 0, Meter{}));
    for (const MeterChange& change : changes) {
        const Segment& last = m_segments.back();
        const std::int64_t elapsed = change.tick.value - last.tick;
        if (elapsed <= 0) {
            m_segments.back() = segment(last.tick, last.bar, change.meter);
        } else {
            const auto bars = static_cast<int>((elapsed + last.barTicks - 1) / last.barTicks);
            m_segments.push_back(segment(change.tick.value, last.bar + bars, change.meter));
        }
    }
}

BarPosition MeterMap::positionAt(Tick tick) const {
    const auto after = std::upper_bound(m_segments.begin() + 1, m_segments.end(), tick.value,
                                        [](std::int64_t value, const Segment& s) { return value < s.tick; });
    const Segment& segment = *(after - 1);
    const std::int64_t elapsed = std::max<std::int64_t>(0, tick.value - segment.tick);
    const std::int64_t inBar = elapsed % segment.barTicks;
    return {segment.bar + static_cast<int>(elapsed / segment.barTicks), static_cast<int>(inBar / segment.beatTicks),
            TickDelta{inBar % segment.beatTicks}};
}

const MeterMap::Segment& MeterMap::segmentOfBar(int bar) const {
    const auto after = std::upper_bound(m_segments.begin() + 1, m_segments.end(), bar,
                                        [](int value, const Segment& s) { return value < s.bar; });
    return *(after - 1);
}

Tick MeterMap::barStart(int bar) const {
    const Segment& segment = segmentOfBar(bar);
    return {segment.tick + std::int64_t{bar - segment.bar} * segment.barTicks};
}

Meter MeterMap::meterOfBar(int bar) const { return segmentOfBar(bar).meter; }

}  // namespace ricercar
