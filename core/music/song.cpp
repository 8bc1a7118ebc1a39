#include "core/music/song.h"

#include <algorithm>

namespace ricercar {

bool Song::operator==(const Song& other) const {
    return ticksPerQuarter == other.ticksPerQuarter && title == other.title && tempi == other.tempi &&
           meters == other.meters && keys == other.keys && end == other.end &&
           std::equal(tracks.begin(), tracks.end(), other.tracks.begin(), other.tracks.end(),
                      [](const auto& a, const auto& b) { return a == b || *a == *b; });
}

TempoMap tempoMap(const Song& song) { return {song.ticksPerQuarter, song.tempi}; }

MeterMap meterMap(const Song& song) { return {song.ticksPerQuarter, song.meters}; }

std::size_t noteCount(const Song& song) {
    std::size_t count = 0;
    for (const auto& track : song.tracks) {
        count += track->notes.size();
    }
    return count;
}

double lengthSeconds(const Song& song) { return tempoMap(song).secondsAt(song.end); }

int barCount(const Song& song) { return song.end.value == 0 ? 0 : meterMap(song).barAt(Tick{song.end.value - 1}) + 1; }

Tick lastNoteEnd(const Song& song) {
    Tick last;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            last = std::max(last, note.end());
        }
    }
    return last;
}

}  // namespace ricercar
