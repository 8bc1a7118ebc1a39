#include "core/analysis/features.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <vector>

#include "core/analysis/bars.h"
#include "core/analysis/histograms.h"
#include "core/base/hash.h"

namespace ricercar {

namespace {

constexpr int sixteenthsPerQuarter = 4;

double ratio(double part, double whole) { return whole > 0 ? part / whole : Features::none; }

double grooveConsistency(const Song& song, const std::vector<Tick>& bars) {
    std::vector<std::vector<std::int64_t>> positions(bars.size());
    for (const GridOnset& onset : gridOnsets(song, bars, sixteenthsPerQuarter)) {
        auto& inBar = positions[onset.bar];
        if (inBar.empty() || inBar.back() != onset.position) {
            inBar.push_back(onset.position);
        }
    }
    double sum = 0;
    for (std::size_t bar = 0; bar + 2 < bars.size(); ++bar) {
        const auto& here = positions[bar];
        const auto& next = positions[bar + 1];
        std::vector<std::int64_t> different;
        std::set_symmetric_difference(here.begin(), here.end(), next.begin(), next.end(),
                                      std::back_inserter(different));
        const std::int64_t longer = std::max((bars[bar + 1] - bars[bar]).value, (bars[bar + 2] - bars[bar + 1]).value);
        const double resolution =
            std::max(1.0, static_cast<double>(longer) * sixteenthsPerQuarter / song.ticksPerQuarter);
        sum += 1 - std::min(1.0, static_cast<double>(different.size()) / resolution);
    }
    return bars.size() > 2 ? sum / static_cast<double>(bars.size() - 2) : Features::none;
}

double repeatedBarRate(const Song& song, const std::vector<Tick>& bars) {
    const std::vector<GridOnset> onsets = gridOnsets(song, bars, fineStepsPerQuarter);
    std::unordered_set<ContentHash> seen;
    std::size_t filled = 0;
    std::vector<std::int64_t> content;
    for (auto onset = onsets.begin(); onset != onsets.end(); ++onset) {
        content.insert(content.end(), {onset->position, onset->pitch});
        if (onset + 1 == onsets.end() || (onset + 1)->bar != onset->bar) {
            ++filled;
            seen.insert(contentHash(std::as_bytes(std::span(content))));
            content.clear();
        }
    }
    return ratio(static_cast<double>(filled - seen.size()), static_cast<double>(filled));
}

double emptyBarRate(const Song& song, const std::vector<Tick>& bars) {
    if (bars.size() < 2) {
        return Features::none;
    }
    const auto barOf = [&](Tick tick) {
        return std::upper_bound(bars.begin() + 1, bars.end() - 1, tick) - bars.begin() - 1;
    };
    // One more note sounds from the bar of each onset, one fewer after the bar of each end.
    std::vector<int> change(bars.size(), 0);
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            ++change[static_cast<std::size_t>(barOf(note.onset))];
            --change[static_cast<std::size_t>(barOf(std::max(note.onset, Tick{note.end().value - 1})) + 1)];
        }
    }
    int sounding = 0;
    std::size_t empty = 0;
    for (std::size_t bar = 0; bar + 1 < bars.size(); ++bar) {
        sounding += change[bar];
        empty += sounding == 0;
    }
    return static_cast<double>(empty) / static_cast<double>(bars.size() - 1);
}

void measurePolyphony(const Song& song, Features& result) {
    struct Edge {
        Tick tick;
        int change;  // -1 sorts first: a note that ends makes room before the next begins
        int pitch;
        auto operator<=>(const Edge&) const = default;
    };
    std::vector<Edge> edges;
    for (const auto& track : song.tracks) {
        if (track->isDrums()) {
            continue;
        }
        for (const Note& note : track->notes) {
            if (note.duration.value > 0) {
                edges.push_back({note.onset, 1, note.pitch.midi()});
                edges.push_back({note.end(), -1, note.pitch.midi()});
            }
        }
    }
    std::sort(edges.begin(), edges.end());
    std::array<int, 128> notes{};
    int pitches = 0;
    int most = 0;
    double time = 0;
    double pitchTime = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (i > 0 && pitches > 0) {
            const auto passed = static_cast<double>((edges[i].tick - edges[i - 1].tick).value);
            time += passed;
            pitchTime += passed * pitches;
        }
        int& ofPitch = notes[static_cast<std::size_t>(edges[i].pitch)];
        pitches -= ofPitch > 0;
        ofPitch += edges[i].change;
        pitches += ofPitch > 0;
        most = std::max(most, pitches);
    }
    if (most > 0) {
        result.meanPolyphony = pitchTime / time;
        result.maxPolyphony = most;
    }
}

void measurePitches(const Histograms& counts, Features& result) {
    const auto used = [](std::uint32_t count) { return count > 0; };
    const auto lowest = std::find_if(counts.pitches.begin(), counts.pitches.end(), used);
    if (lowest == counts.pitches.end()) {
        return;
    }
    const auto highest = std::find_if(counts.pitches.rbegin(), counts.pitches.rend(), used);
    result.lowestPitch = static_cast<double>(lowest - counts.pitches.begin());
    result.highestPitch = static_cast<double>(counts.pitches.rend() - highest - 1);

    const auto classes = counts.pitchClasses();
    double notes = 0;
    for (const std::uint32_t count : classes) {
        notes += count;
    }
    result.pitchClassEntropy = 0;
    for (const std::uint32_t count : classes) {
        if (count > 0) {
            result.pitchClassEntropy -= count / notes * std::log2(count / notes);
        }
    }
    // Natural minor has the notes of its relative major: the 12 major scales are all 24.
    double inBestScale = 0;
    for (int tonic = 0; tonic < 12; ++tonic) {
        double inScale = 0;
        for (int pitchClass = 0; pitchClass < 12; ++pitchClass) {
            if (Key{tonic, Mode::major}.contains(pitchClass)) {
                inScale += classes[static_cast<std::size_t>(pitchClass)];
            }
        }
        inBestScale = std::max(inBestScale, inScale);
    }
    result.scaleConsistency = inBestScale / notes;
}

void measureDensity(const Song& song, const std::vector<Tick>& bars, Features& result) {
    double notes = 0;
    double sum = 0;
    double squares = 0;
    std::optional<Tick> first;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            const double velocity = note.velocity.midi();
            ++notes;
            sum += velocity;
            squares += velocity * velocity;
            first = std::min(first.value_or(note.onset), note.onset);
        }
    }
    if (!first) {
        return;
    }
    const TempoMap tempi = tempoMap(song);
    result.notesPerSecond = ratio(notes, tempi.secondsAt(lastNoteEnd(song)) - tempi.secondsAt(*first));
    result.notesPerBar = ratio(notes, static_cast<double>(bars.size() - 1));
    result.velocitySpread = std::sqrt(std::max(0.0, squares / notes - sum / notes * (sum / notes)));
}

}  // namespace

Features features(const Song& song) { return features(song, lastNoteEnd(song)); }

Features features(const Song& song, Tick end) {
    const std::vector<Tick> bars = barLines(song, end);
    Features result;
    measureDensity(song, bars, result);
    measurePolyphony(song, result);
    measurePitches(histograms(song), result);
    result.grooveConsistency = grooveConsistency(song, bars);
    result.emptyBarRate = emptyBarRate(song, bars);
    result.repeatedBarRate = repeatedBarRate(song, bars);
    return result;
}

Features meanFeatures(std::span<const Features> pieces) {
    Features mean;
    for (const FeatureField& field : featureFields) {
        double sum = 0;
        double count = 0;
        for (const Features& piece : pieces) {
            if (const double value = piece.*field.value; !std::isnan(value)) {
                sum += value;
                ++count;
            }
        }
        mean.*field.value = ratio(sum, count);
    }
    return mean;
}

Json toJson(const Features& features) {
    Json object = Json::object();
    for (const FeatureField& field : featureFields) {
        const double value = features.*field.value;
        object[std::string(field.name)] = std::isnan(value) ? Json() : Json(value);
    }
    return object;
}

std::string reportText(const Features& features) {
    std::string text;
    int column = 0;
    for (const FeatureField& field : featureFields) {
        const double value = features.*field.value;
        const std::string number = std::isnan(value) ? "-" : fmt::format("{:.4g}", value);
        text += fmt::format("{:<20}{:>7}{}", field.label, number, ++column % 3 == 0 ? "\n" : "   ");
    }
    return text;
}

}  // namespace ricercar
