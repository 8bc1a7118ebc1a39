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
    const auto byTick = [](const auto& a, const auto& b) { return a.tick < b.tick; };
    std::stable_sort(track.notes.begin(), track.notes.end(), earlierNote);
    std::stable_sort(track.programs.begin(), track.programs.end(), byTick);
    std::stable_sort(track.controls.begin(), track.controls.end(), byTick);
    std::stable_sort(track.bends.begin(), track.bends.end(), byTick);
}

}  // namespace ricercar
