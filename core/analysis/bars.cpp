#include "core/analysis/bars.h"

#include <algorithm>

namespace ricercar {

std::vector<Tick> barLines(const Song& song, Tick end) {
    const MeterMap meters = meterMap(song);
    std::vector<Tick> lines = {Tick{0}};
    while (lines.back() < end && static_cast<int>(lines.size()) <= mostBars) {
        lines.push_back(meters.barStart(static_cast<int>(lines.size())));
    }
    return lines;
}

std::vector<Tick> barLines(const Song& song) { return barLines(song, lastNoteEnd(song)); }

std::int64_t gridStep(Tick tick, int stepsPerQuarter, int ticksPerQuarter) {
    return (2 * tick.value * stepsPerQuarter + ticksPerQuarter) / (std::int64_t{2} * ticksPerQuarter);
}

std::vector<GridOnset> gridOnsets(const Song& song, const std::vector<Tick>& bars, int stepsPerQuarter) {
    std::vector<std::int64_t> lines;
    lines.reserve(bars.size());
    for (const Tick line : bars) {
        lines.push_back(gridStep(line, stepsPerQuarter, song.ticksPerQuarter));
    }
    std::vector<GridOnset> onsets;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            const std::int64_t step = gridStep(note.onset, stepsPerQuarter, song.ticksPerQuarter);
            const auto after = std::upper_bound(lines.begin() + 1, lines.end(), step);
            onsets.push_back({static_cast<std::size_t>(after - lines.begin() - 1), step - *(after - 1),
                              note.pitch.midi() + (track->isDrums() ? 128 : 0)});
        }
    }
    std::sort(onsets.begin(), onsets.end());
    onsets.erase(std::unique(onsets.begin(), onsets.end()), onsets.end());
    return onsets;
}

}  // namespace ricercar
