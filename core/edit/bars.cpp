#include "core/edit/bars.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "core/edit/resolution.h"
#include "core/edit/retime.h"

namespace ricercar {

namespace {

constexpr int highestResolution = 32767;
constexpr int sustainPedal = 64;

/// The changes inside `range`, from its start on, with the last one before it stated at its start.
template <typename Change>
std::vector<Change> changesIn(TickRange range, const std::vector<Change>& changes) {
    std::vector<Change> inside;
    for (const Change& change : changes) {
        if (change.tick >= range.end) {
            break;
        }
        if (change.tick <= range.begin) {
            inside.clear();
        }
        inside.push_back(change);
        inside.back().tick = Tick{} + (std::max(change.tick, range.begin) - range.begin);
    }
    return inside;
}

/// The same for each controller by itself.
std::vector<ControlChange> controlsIn(TickRange range, const std::vector<ControlChange>& controls) {
    std::array<std::optional<ControlChange>, 128> inForce;
    std::vector<ControlChange> later;
    for (const ControlChange& change : controls) {
        if (change.tick <= range.begin) {
            inForce[change.controller] = ControlChange{Tick{}, change.controller, change.value};
        } else if (change.tick < range.end) {
            later.push_back({Tick{} + (change.tick - range.begin), change.controller, change.value});
        }
    }
    std::vector<ControlChange> inside;
    for (const auto& change : inForce) {
        if (change) {
            inside.push_back(*change);
        }
    }
    inside.insert(inside.end(), later.begin(), later.end());
    return inside;
}

std::vector<Note> notesIn(TickRange range, const std::vector<Note>& notes) {
    std::vector<Note> inside;
    for (const Note& note : notes) {
        if (range.contains(note.onset) || (note.onset < range.begin && note.end() > range.begin)) {
            const Tick begin = std::max(note.onset, range.begin);
            const Tick end = std::min(note.end(), range.end);
            inside.push_back({Tick{} + (begin - range.begin), end - begin, note.pitch, note.velocity});
        }
    }
    std::sort(inside.begin(), inside.end(), earlierNote);
    return inside;
}

template <typename Event>
void append(std::vector<Event>& to, const std::vector<Event>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

bool continues(const Track& later, const Track& earlier) {
    return later.name == earlier.name && later.isDrums() == earlier.isDrums() && later.program() == earlier.program();
}

/// `track`, and from `start` on `later`, whose moments count from there already. What `track` leaves behind is undone.
Track continued(Track track, const Track& later, Tick start) {
    if (!track.programs.empty() && track.programs.back().program != later.program()) {
        track.programs.push_back({start, later.program()});
    }
    const auto pedal = std::find_if(track.controls.rbegin(), track.controls.rend(),
                                    [](const ControlChange& change) { return change.controller == sustainPedal; });
    if (pedal != track.controls.rend() && pedal->value != 0) {
        track.controls.push_back({start, sustainPedal, 0});
    }
    if (!track.bends.empty() && track.bends.back().value != 0) {
        track.bends.push_back({start, 0});
    }
    append(track.notes, later.notes);
    append(track.programs, later.programs);
    append(track.controls, later.controls);
    append(track.bends, later.bends);
    sortEvents(track);
    return track;
}

}  // namespace

Song barsOf(const Song& song, int firstBar, int lastBar) {
    const TickRange range = meterMap(song).bars(firstBar, lastBar);
    Song part{song.ticksPerQuarter,
              song.title,
              {},
              changesIn(range, song.tempi),
              changesIn(range, song.meters),
              changesIn(range, song.keys),
              Tick{} + range.length()};
    for (const auto& track : song.tracks) {
        part.tracks.push_back(std::make_shared<const Track>(
            Track{track->name, track->channel, notesIn(range, track->notes), changesIn(range, track->programs),
                  controlsIn(range, track->controls), changesIn(range, track->bends)}));
    }
    return part;
}

int wholeBars(const Song& song) {
    Tick last;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) last = std::max(last, note.onset);
    }
    return meterMap(song).barAt(last);
}

Song joined(const Song& a, const Song& b) {
    const int multiple = std::lcm(a.ticksPerQuarter, b.ticksPerQuarter);
    const int resolution = multiple <= highestResolution ? multiple : std::max(a.ticksPerQuarter, b.ticksPerQuarter);
    Song result = withResolution(a, resolution);
    const Tick start = meterMap(result).barStart(barCount(result));
    Song later = withResolution(b, resolution);
    if (later.tempi.empty() || later.tempi.front().tick > Tick{}) {
        later.tempi.insert(later.tempi.begin(), TempoChange{});
    }
    if (later.meters.empty() || later.meters.front().tick > Tick{}) {
        later.meters.insert(later.meters.begin(), MeterChange{});
    }
    later = retimed(later, [&](Tick tick) { return start + (tick - Tick{}); });
    const TickRange earlierBars{Tick{}, start};
    result.tempi = changesIn(earlierBars, result.tempi);
    result.meters = changesIn(earlierBars, result.meters);
    result.keys = changesIn(earlierBars, result.keys);
    append(result.tempi, later.tempi);
    append(result.meters, later.meters);
    append(result.keys, later.keys);

    const std::size_t earlierTracks = result.tracks.size();
    std::vector<bool> taken(earlierTracks);
    for (const auto& track : later.tracks) {
        std::size_t i = 0;
        while (i < earlierTracks && (taken[i] || !continues(*track, *result.tracks[i]))) {
            ++i;
        }
        if (i == earlierTracks) {
            result.tracks.push_back(track);
        } else {
            taken[i] = true;
            result.tracks[i] = std::make_shared<const Track>(continued(*result.tracks[i], *track, start));
        }
    }
    result.end = later.end;
    return result;
}

}  // namespace ricercar
