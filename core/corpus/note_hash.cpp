#include "core/corpus/note_hash.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <span>

namespace ricercar {

ContentHash noteHash(const Song& song) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            first = std::min(first, note.onset.value);
        }
    }
    // All times are divided by what divides them all, so that the same music in another resolution has the same times.
    std::int64_t unit = song.ticksPerQuarter;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            unit = std::gcd(unit, std::gcd(note.onset.value - first, note.duration.value));
        }
    }
    // A sum, so that the order of the notes, and so their tracks, make no difference.
    ContentHash sum;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            const std::array<std::int64_t, 4> content = {(note.onset.value - first) / unit, note.duration.value / unit,
                                                         note.pitch.midi() + (track->isDrums() ? 128 : 0),
                                                         song.ticksPerQuarter / unit};
            const ContentHash hash = contentHash(std::as_bytes(std::span(content)));
            sum.high += hash.high;
            sum.low += hash.low;
        }
    }
    return sum;
}

}  // namespace ricercar
