#include "core/tokens/grid.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ricercar {

namespace {

constexpr double slowestTempo = 40.0;
constexpr double fastestTempo = 250.0;

std::vector<Meter> makeMeters() {
    std::vector<Meter> meters;
    for (const int denominator : {4, 8, 16, 2}) {
        for (int numerator = 1; numerator <= 16; ++numerator) {
            if (4 * gridPerQuarter * numerator / denominator <= longestGridBar) {
                meters.push_back({static_cast<std::uint8_t>(numerator), static_cast<std::uint8_t>(denominator)});
            }
        }
    }
    return meters;
}

std::vector<int> makeDurations() {
    std::vector<int> durations;
    for (int ticks = 1; ticks <= gridPerQuarter; ++ticks) {
        durations.push_back(ticks);
    }
    for (int unit = 1; unit <= 8; unit *= 2) {
        for (int ticks = gridPerQuarter * unit + 1; ticks <= 2 * gridPerQuarter * unit; ++ticks) {
            if (ticks % (3 * unit) == 0 || ticks % (4 * unit) == 0) {
                durations.push_back(ticks);
            }
        }
    }
    return durations;
}

std::optional<int> meterIndex(Meter meter) {
    const auto meters = gridMeters();
    const auto found = std::find(meters.begin(), meters.end(), meter);
    return found == meters.end() ? std::nullopt : std::optional(static_cast<int>(found - meters.begin()));
}

/// The first metre of the table whose bar is exactly so long.
std::optional<int> meterOfLength(std::int64_t gridTicks) {
    for (int index = 0; index < static_cast<int>(gridMeters().size()); ++index) {
        if (gridBarLength(index) == gridTicks) {
            return index;
        }
    }
    return std::nullopt;
}

/// The metre whose bar is the shortest that holds `gridTicks`; 4/4 where none is long enough.
int meterHolding(std::int64_t gridTicks) {
    if (gridTicks > longestGridBar) {
        return *meterIndex({4, 4});
    }
    std::optional<int> exact;
    for (std::int64_t length = gridTicks; !exact; ++length) {
        exact = meterOfLength(length);
    }
    return *exact;
}

Channel channelOf(const GridPart& part, int melodicIndex) {
    if (part.drums) {
        return drumChannel;
    }
    const int channel = melodicIndex % 15;
    return Channel::clamped(channel < drumChannel.midi() ? channel : channel + 1);
}

std::string nameOf(const GridPart& part) {
    const std::string name(part.drums ? "Drums" : programName(Program::clamped(part.program)));
    return part.part == 1 ? name : name + " " + std::to_string(part.part);
}

}  // namespace

std::span<const Meter> gridMeters() {
    static const std::vector<Meter> meters = makeMeters();
    return meters;
}

int nearestMeter(Meter meter) {
    if (const auto own = meterIndex(meter)) {
        return *own;
    }
    const double length = 4.0 * gridPerQuarter * meter.numerator / meter.denominator;
    int nearest = 0;
    for (int index = 1; index < static_cast<int>(gridMeters().size()); ++index) {
        if (std::abs(gridBarLength(index) - length) < std::abs(gridBarLength(nearest) - length)) {
            nearest = index;
        }
    }
    return nearest;
}

int gridBarLength(int index) {
    return static_cast<int>(barLength(gridMeters()[static_cast<std::size_t>(index)], gridPerQuarter).value);
}

int tempoBin(double quartersPerMinute) {
    const double place = std::log(quartersPerMinute / slowestTempo) / std::log(fastestTempo / slowestTempo);
    return std::clamp(static_cast<int>(std::lround(place * (tempoBins - 1))), 0, tempoBins - 1);
}

double tempoOfBin(int bin) {
    return slowestTempo * std::pow(fastestTempo / slowestTempo, static_cast<double>(bin) / (tempoBins - 1));
}

int velocityBin(Velocity velocity) { return velocity.midi() / (128 / velocityBins); }

Velocity velocityOfBin(int bin) {
    constexpr int width = 128 / velocityBins;
    return Velocity::clamped(bin * width + width / 2);
}

std::span<const int> gridDurations() {
    static const std::vector<int> durations = makeDurations();
    return durations;
}

int nearestDuration(double gridTicks) {
    const auto durations = gridDurations();
    const auto above = std::lower_bound(durations.begin(), durations.end(), gridTicks);
    if (above == durations.begin()) {
        return 0;
    }
    const auto index = static_cast<int>(above - durations.begin());
    if (above == durations.end() || gridTicks - *(above - 1) <= *above - gridTicks) {
        return index - 1;
    }
    return index;
}

int durationWithin(std::int64_t gridTicks) {
    const auto durations = gridDurations();
    return static_cast<int>(std::upper_bound(durations.begin(), durations.end(), gridTicks) - durations.begin()) - 1;
}

std::int64_t toGrid(std::int64_t ticks, int ticksPerQuarter) {
    const std::int64_t quarters = ticks / ticksPerQuarter;
    const std::int64_t rest = ticks % ticksPerQuarter;
    return quarters * gridPerQuarter +
           (rest * 2 * gridPerQuarter + ticksPerQuarter) / (std::int64_t{2} * ticksPerQuarter);
}

std::vector<GridBar> gridBars(const Song& song) {
    std::int64_t end = toGrid(song.end.value, song.ticksPerQuarter);
    for (const auto& track : song.tracks) {
        if (!track->notes.empty()) {
            end = std::max(end, toGrid(track->notes.back().onset.value, song.ticksPerQuarter) + 1);
        }
    }
    const TempoMap tempi = tempoMap(song);
    std::vector<GridBar> bars;
    auto change = song.meters.begin();
    const auto changeTick = [&] { return toGrid(change->tick.value, song.ticksPerQuarter); };
    Meter meter;
    std::int64_t position = 0;
    std::int64_t left = 0;  // of the song's own bar
    while (position < end && static_cast<int>(bars.size()) < mostGridBars) {
        for (; change != song.meters.end() && changeTick() <= position; ++change) {
            meter = change->meter;
            left = 0;
        }
        const std::int64_t whole = barLength(meter, gridPerQuarter).value;
        left = left <= 0 ? whole : left;
        std::int64_t wanted = left;
        if (change != song.meters.end() && changeTick() - position < wanted && meterOfLength(changeTick() - position)) {
            wanted = changeTick() - position;
        }
        const auto own = wanted == whole ? meterIndex(meter) : std::nullopt;
        const int index = own ? *own : meterHolding(wanted);
        const Tick inSong{(position * song.ticksPerQuarter + gridPerQuarter / 2) / gridPerQuarter};
        bars.push_back({position, index, tempoBin(tempi.quartersPerMinuteAt(inSong))});
        position = bars.back().end();
        left -= gridBarLength(index);
    }
    return bars;
}

Song gridSong(std::span<const GridBar> bars, std::span<const GridTrack> tracks) {
    Song song;
    song.ticksPerQuarter = gridPerQuarter;
    for (std::size_t index = 0; index < bars.size(); ++index) {
        const GridBar& bar = bars[index];
        if (index == 0 || bar.tempo != bars[index - 1].tempo) {
            song.tempi.push_back(tempoAt(Tick{bar.start}, tempoOfBin(bar.tempo)));
        }
        if (index == 0 || bar.meter != bars[index - 1].meter) {
            song.meters.push_back({Tick{bar.start}, gridMeters()[static_cast<std::size_t>(bar.meter)]});
        }
    }
    song.end = Tick{bars.empty() ? 0 : bars.back().end()};
    int melodicIndex = 0;
    for (const GridTrack& gridTrack : tracks) {
        Track track;
        track.name = nameOf(gridTrack.part);
        track.channel = channelOf(gridTrack.part, melodicIndex);
        melodicIndex += gridTrack.part.drums ? 0 : 1;
        if (!gridTrack.part.drums) {
            track.programs = {{Tick{0}, Program::clamped(gridTrack.part.program)}};
        }
        track.notes = gridTrack.notes;
        for (Note& note : track.notes) {
            note.duration = std::min(note.duration, song.end - note.onset);
        }
        std::sort(track.notes.begin(), track.notes.end(), earlierNote);
        song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    return song;
}

}  // namespace ricercar
