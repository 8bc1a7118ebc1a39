#pragma once

#include <algorithm>

#include "core/base/random.h"
#include "core/music/song.h"

namespace ricercar {

/// Any song a file could hold: odd resolutions, several tracks of one program, drums, doubled and overlapping notes,
/// metre and tempo changes anywhere.
inline Song randomSong(Random& random) {
    Song song;
    constexpr int resolutions[] = {1, 24, 96, 100, 384, 480, 1024, 32767};
    song.ticksPerQuarter = resolutions[random.below(std::size(resolutions))];
    const int quarters = random.between(1, 60);
    const auto anyTick = [&] {
        return Tick{static_cast<std::int64_t>(random.uniform() * quarters * song.ticksPerQuarter)};
    };
    for (int count = random.between(0, 4); count > 0; --count) {
        song.tempi.push_back(tempoAt(anyTick(), random.between(20, 400)));
    }
    for (int count = random.between(0, 4); count > 0; --count) {
        song.meters.push_back(
            {anyTick(),
             {static_cast<std::uint8_t>(random.between(1, 20)), static_cast<std::uint8_t>(1 << random.between(0, 5))}});
    }
    const auto byTick = [](const auto& a, const auto& b) { return a.tick < b.tick; };
    std::sort(song.tempi.begin(), song.tempi.end(), byTick);
    std::sort(song.meters.begin(), song.meters.end(), byTick);
    for (int count = random.between(0, 12); count > 0; --count) {
        Track track;
        track.channel = Channel::clamped(random.below(4) == 0 ? 9 : random.between(0, 15));
        for (int change = random.between(0, 2); change > 0; --change) {
            track.programs.push_back({anyTick(), Program::clamped(random.between(40, 43))});
        }
        for (int note = random.between(0, 80); note > 0; --note) {
            const auto length =
                static_cast<std::int64_t>(random.uniform() * random.uniform() * 8 * song.ticksPerQuarter);
            track.notes.push_back({anyTick(), TickDelta{length}, Pitch::clamped(random.between(48, 72)),
                                   Velocity::clamped(random.between(1, 127))});
        }
        sortEvents(track);
        song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    song.end = std::max(anyTick(), lastNoteEnd(song));
    return song;
}

}  // namespace ricercar
