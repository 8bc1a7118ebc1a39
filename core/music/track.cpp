#include "core/music/track.h"

#include <algorithm>

namespace ricercar {

Program Track::program() const {
    if (programs.empty()) {
        return Program{};
    }
    Program inForce = programs.front().program;
    for (const ProgramChange& change : programs) {
        if (!notes.empty() && change.tick > notes.front().onset) {
            break;
        }
        inForce = change.program;
    }
    return inForce;
}

void sortEvents(Track& track) {
    const auto sort = [](auto& events, auto earlier) {
        if (!std::is_sorted(events.begin(), events.end(), earlier)) {  // as mostly they are
            std::stable_sort(events.begin(), events.end(), earlier);
        }
    };
    const auto byTick = [](const auto& a, const auto& b) { return a.tick < b.tick; };
    sort(track.notes, earlierNote);
    sort(track.programs, byTick);
    sort(track.controls, byTick);
    sort(track.bends, byTick);
}

}  // namespace ricercar
