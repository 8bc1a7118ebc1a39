#include "core/analysis/loops.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "core/analysis/bars.h"

namespace ricercar {

namespace {

constexpr double likeness = 0.8;
constexpr std::size_t longestGroup = 4;

/// The onsets of one bar: position and pitch.
using BarOnsets = std::vector<std::pair<std::int64_t, int>>;

bool alike(const BarOnsets& a, const BarOnsets& b) {
    BarOnsets common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
    const std::size_t together = a.size() + b.size() - common.size();
    return static_cast<double>(common.size()) >= likeness * static_cast<double>(together);
}

}  // namespace

int timesRunning(const Song& song) {
    const std::vector<Tick> lines = barLines(song);
    std::vector<BarOnsets> bars(lines.size() - 1);
    for (const GridOnset& onset : gridOnsets(song, lines, fineStepsPerQuarter)) {
        if (onset.bar < bars.size()) {
            bars[onset.bar].emplace_back(onset.position, onset.pitch);
        }
    }
    std::size_t most = bars.empty() ? 0 : 1;
    for (std::size_t group = 1; group <= longestGroup; ++group) {
        std::size_t running = 0;
        std::size_t silent = 0;
        for (std::size_t bar = 0; bar < bars.size(); ++bar) {
            silent = bars[bar].empty() ? silent + 1 : 0;
            running = bar >= group && alike(bars[bar - group], bars[bar]) ? running + 1 : 0;
            if (silent < group) {
                most = std::max(most, running / group + 1);
            }
        }
    }
    return static_cast<int>(most);
}

}  // namespace ricercar
