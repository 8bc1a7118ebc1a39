#include "core/analysis/cadence.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <vector>

#include "core/analysis/bars.h"

namespace ricercar {

namespace {

std::vector<Note> pitchedNotes(const Song& song) {
    std::vector<Note> notes;
    for (const auto& track : song.tracks) {
        if (!track->isDrums()) {
            notes.insert(notes.end(), track->notes.begin(), track->notes.end());
        }
    }
    return notes;
}

/// Onsets of the last bar by those of the bars before it, on average; nothing where those have none.
std::optional<double> lastBarDensity(const Song& song, const std::vector<Tick>& lines) {
    std::set<Tick> onsets;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            onsets.insert(note.onset);
        }
    }
    const auto lastBar = onsets.lower_bound(lines[lines.size() - 2]);
    const auto before = static_cast<double>(std::distance(onsets.begin(), lastBar));
    const auto last = static_cast<double>(std::distance(lastBar, onsets.end()));
    const auto barsBefore = static_cast<double>(lines.size() - 2);
    return before > 0 ? std::optional(last * barsBefore / before) : std::nullopt;
}

}  // namespace

double cadence(const Song& song, const Key& key) {
    const std::vector<Tick> lines = barLines(song);
    if (lines.size() < 2) {
        return 0;
    }
    const double calm = std::clamp(2 - 2 * lastBarDensity(song, lines).value_or(0.5), 0.0, 1.0);
    const std::vector<Note> notes = pitchedNotes(song);
    if (notes.empty()) {
        return calm;
    }
    const Tick lastOnset = std::max_element(notes.begin(), notes.end(), [](const Note& a, const Note& b) {
                               return a.onset < b.onset;
                           })->onset;
    const int third = key.mode == Mode::major ? 4 : 3;
    double inTriad = 0;
    double chord = 0;
    Pitch bass = Pitch::clamped(127);
    Tick end = lastOnset;
    for (const Note& note : notes) {
        if (note.end() <= lastOnset) {
            continue;
        }
        const int degree = (pitchClass(note.pitch) - key.tonic + 12) % 12;
        inTriad += degree == 0 || degree == third || degree == 7 ? 1 : 0;
        ++chord;
        bass = std::min(bass, note.pitch);
        end = std::max(end, note.end());
    }
    const auto halfBar = static_cast<double>((lines.back() - lines[lines.size() - 2]).value) / 2;
    const double rest = std::min(1.0, static_cast<double>((end - lastOnset).value) / halfBar);
    return ((pitchClass(bass) == key.tonic ? 1 : 0) + inTriad / chord + rest + calm) / 4;
}

}  // namespace ricercar
