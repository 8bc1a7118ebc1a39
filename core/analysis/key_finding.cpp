#include "core/analysis/key_finding.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/analysis/bars.h"

namespace ricercar {

namespace {

constexpr PitchClassProfile majorProfile = {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
constexpr PitchClassProfile minorProfile = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17};

/// With mean 0 and length 1, so that a product of two is their Pearson correlation. All zeros when flat.
PitchClassProfile standardised(PitchClassProfile profile) {
    const double mean = std::accumulate(profile.begin(), profile.end(), 0.0) / 12;
    double squares = 0;
    for (double& weight : profile) {
        weight -= mean;
        squares += weight * weight;
    }
    const double length = std::sqrt(squares);
    for (double& weight : profile) {
        weight = length > 1e-9 * std::abs(mean) ? weight / length : 0;
    }
    return profile;
}

double correlation(const PitchClassProfile& song, const PitchClassProfile& key, int tonic) {
    double sum = 0;
    for (int degree = 0; degree < 12; ++degree) {
        sum += song[static_cast<std::size_t>((tonic + degree) % 12)] * key[static_cast<std::size_t>(degree)];
    }
    return sum;
}

void add(PitchClassProfile& sum, const PitchClassProfile& profile) {
    std::transform(sum.begin(), sum.end(), profile.begin(), sum.begin(), std::plus{});
}

struct NoteEdge {
    Tick tick;
    std::size_t pitchClass;
    int change;  ///< +1 where a note begins, -1 where it ends
};

std::vector<NoteEdge> noteEdges(const Song& song) {
    std::vector<NoteEdge> edges;
    for (const auto& track : song.tracks) {
        if (track->isDrums()) {
            continue;
        }
        for (const Note& note : track->notes) {
            const auto sounding = static_cast<std::size_t>(pitchClass(note.pitch));
            edges.push_back({note.onset, sounding, 1});
            edges.push_back({note.end(), sounding, -1});
        }
    }
    std::sort(edges.begin(), edges.end(), [](const NoteEdge& a, const NoteEdge& b) { return a.tick < b.tick; });
    return edges;
}

}  // namespace

std::optional<KeyEstimate> findKey(const PitchClassProfile& profile) {
    static const PitchClassProfile major = standardised(majorProfile);
    static const PitchClassProfile minor = standardised(minorProfile);
    const PitchClassProfile song = standardised(profile);
    if (song == PitchClassProfile{}) {
        return std::nullopt;
    }
    KeyEstimate best{{}, -2, {}, -2};
    for (const Mode mode : {Mode::major, Mode::minor}) {
        for (int tonic = 0; tonic < 12; ++tonic) {
            const Key key{tonic, mode};
            const double fit = correlation(song, mode == Mode::major ? major : minor, tonic);
            if (fit > best.correlation) {
                best = {key, fit, best.key, best.correlation};
            } else if (fit > best.runnerUpCorrelation) {
                best.runnerUp = key;
                best.runnerUpCorrelation = fit;
            }
        }
    }
    return best;
}

std::optional<KeyEstimate> findKey(const Song& song) {
    PitchClassProfile profile{};
    for (const auto& track : song.tracks) {
        if (track->isDrums()) {
            continue;
        }
        for (const Note& note : track->notes) {
            profile[static_cast<std::size_t>(pitchClass(note.pitch))] += static_cast<double>(note.duration.value);
        }
    }
    return findKey(profile);
}

std::vector<PitchClassProfile> barProfiles(const Song& song) {
    const std::vector<Tick> lines = barLines(song);
    const std::vector<NoteEdge> edges = noteEdges(song);
    std::vector<PitchClassProfile> profiles(lines.size() - 1);
    PitchClassProfile sounding{};  // number of notes of each pitch class at `now`
    Tick now;
    auto edge = edges.begin();
    for (std::size_t bar = 0; bar < profiles.size(); ++bar) {
        const auto advanceTo = [&](Tick tick) {
            const double quarters = static_cast<double>((tick - now).value) / song.ticksPerQuarter;
            for (std::size_t i = 0; i < 12; ++i) {
                profiles[bar][i] += sounding[i] * quarters;
            }
            now = tick;
        };
        for (; edge != edges.end() && edge->tick < lines[bar + 1]; ++edge) {
            if (now < edge->tick) {
                advanceTo(edge->tick);
            }
            sounding[edge->pitchClass] += edge->change;
        }
        advanceTo(lines[bar + 1]);
    }
    return profiles;
}

std::vector<KeyOfBars> slidingKeys(std::span<const PitchClassProfile> bars, int window, int step) {
    const int count = static_cast<int>(bars.size());
    std::vector<KeyOfBars> keys;
    for (int first = 0; first < count; first += step) {
        first = std::min(first, std::max(0, count - window));
        const int last = std::min(first + window, count) - 1;
        PitchClassProfile sum{};
        for (int bar = first; bar <= last; ++bar) {
            add(sum, bars[static_cast<std::size_t>(bar)]);
        }
        keys.push_back({first, last, findKey(sum)});
        if (last == count - 1) {
            break;
        }
    }
    return keys;
}

}  // namespace ricercar
