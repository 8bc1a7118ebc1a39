#include "core/edit/transpose.h"

#include <algorithm>

namespace ricercar {

namespace {

constexpr int octave = 12;

/// Always 0 to `divisor` - 1.
int remainder(int number, int divisor) { return (number % divisor + divisor) % divisor; }

Pitch foldedPitch(int number) {
    if (number > Pitch::max) {
        const int pitchClass = number % octave;
        number = Pitch::max - remainder(Pitch::max - pitchClass, octave);
    }
    return Pitch::clamped(number < Pitch::min ? remainder(number, octave) : number);
}

/// With as few accidentals as possible.
int transposedSharps(int sharps, int semitones) { return remainder(sharps + 7 * semitones + 5, octave) - 5; }

}  // namespace

Song transposed(const Song& song, int semitones) {
    Song result = song;
    for (auto& shared : result.tracks) {
        if (shared->isDrums() || shared->notes.empty() || semitones == 0) {
            continue;
        }
        Track track = *shared;
        for (Note& note : track.notes) {
            note.pitch = foldedPitch(note.pitch.midi() + semitones);
        }
        std::sort(track.notes.begin(), track.notes.end(), earlierNote);
        shared = std::make_shared<const Track>(std::move(track));
    }
    for (KeyChange& change : result.keys) {
        change.sharps = semitones % octave == 0 ? change.sharps : transposedSharps(change.sharps, semitones % octave);
    }
    return result;
}

}  // namespace ricercar
