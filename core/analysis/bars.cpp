#include "core/analysis/bars.h"

namespace ricercar {

std::vector<Tick> barLines(const Song& song) {
    const MeterMap meters = meterMap(song);
    const Tick end = lastNoteEnd(song);
    std::vector<Tick> lines = {Tick{0}};
    while (lines.back() < end && static_cast<int>(lines.size()) <= mostBars) {
        lines.push_back(meters.barStart(static_cast<int>(lines.size())));
    }
    return lines;
}

std::int64_t gridStep(Tick tick, int stepsPerQuarter, int ticksPerQuarter) {
    return (2 * tick.value * stepsPerQuarter + ticksPerQuarter) / (std::int64_t{2} * ticksPerQuarter);
}

}  // namespace ricercar
