#include "core/analysis/histograms.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/analysis/bars.h"
#include "core/analysis/text_chart.h"

namespace ricercar {

namespace {

std::size_t nearestNoteValue(double quarters) {
    const auto longer = std::find_if(noteValues.begin(), noteValues.end() - 1,
                                     [&](const NoteValue& value) { return value.quarters >= quarters; });
    const auto index = static_cast<std::size_t>(longer - noteValues.begin());
    // Nearest in proportion: the border between two values is their geometric mean.
    const bool shorterIsNearer =
        index > 0 && quarters * quarters < noteValues[index - 1].quarters * noteValues[index].quarters;
    return shorterIsNearer ? index - 1 : index;
}

template <std::size_t size>
void addTo(std::array<std::uint32_t, size>& sum, const std::array<std::uint32_t, size>& other) {
    std::transform(sum.begin(), sum.end(), other.begin(), sum.begin(), std::plus{});
}

template <std::size_t size, typename Name>
Json namedCounts(const std::array<std::uint32_t, size>& counts, Name name) {
    Json object = Json::object();
    for (std::size_t i = 0; i < size; ++i) {
        if (counts[i] > 0) {
            object[std::string(name(static_cast<int>(i)))] = counts[i];
        }
    }
    return object;
}

}  // namespace

Histograms& Histograms::operator+=(const Histograms& other) {
    addTo(pitches, other.pitches);
    addTo(drums, other.drums);
    addTo(durations, other.durations);
    return *this;
}

std::array<std::uint32_t, 12> Histograms::pitchClasses() const {
    std::array<std::uint32_t, 12> counts{};
    for (std::size_t pitch = 0; pitch < pitches.size(); ++pitch) {
        counts[pitch % 12] += pitches[pitch];
    }
    return counts;
}

Histograms histograms(const Song& song) {
    Histograms result;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            const auto pitch = static_cast<std::size_t>(note.pitch.midi());
            if (track->isDrums()) {
                ++result.drums[pitch];
            } else {
                ++result.pitches[pitch];
                ++result.durations[nearestNoteValue(static_cast<double>(note.duration.value) / song.ticksPerQuarter)];
            }
        }
    }
    return result;
}

Json toJson(const Histograms& histograms) {
    const auto name = [](int pitch) { return pitchName(Pitch::clamped(pitch)); };
    const auto drum = [](int pitch) {
        const std::string_view known = drumName(Pitch::clamped(pitch));
        return known.empty() ? fmt::format("Drum {}", pitch) : std::string(known);
    };
    const auto value = [](int index) { return noteValues[static_cast<std::size_t>(index)].name; };
    return {{"pitches", namedCounts(histograms.pitches, name)},
            {"pitchClasses", namedCounts(histograms.pitchClasses(), pitchClassName)},
            {"drums", namedCounts(histograms.drums, drum)},
            {"durations", namedCounts(histograms.durations, value)}};
}

std::string reportText(const Histograms& histograms) {
    const auto& pitches = histograms.pitches;
    const auto used = [](std::uint32_t count) { return count > 0; };
    const auto lowest = std::find_if(pitches.begin(), pitches.end(), used);
    const auto highest = std::find_if(pitches.rbegin(), pitches.rend(), used).base();
    if (lowest == pitches.end()) {
        return {};
    }
    const auto name = [&](auto place) { return pitchName(Pitch::clamped(static_cast<int>(place - pitches.begin()))); };
    std::string text =
        fmt::format("Pitches        {} {} {}\n", name(lowest), sparkline({lowest, highest}), name(highest - 1));
    std::string names = "Pitch classes  ";
    std::string heights = "               ";
    const auto classes = histograms.pitchClasses();
    const std::uint32_t largest = *std::max_element(classes.begin(), classes.end());
    for (int pitchClass = 0; pitchClass < 12; ++pitchClass) {
        names += fmt::format("{:<3}", pitchClassName(pitchClass));
        heights += sparkBlock(classes[static_cast<std::size_t>(pitchClass)], largest) + "  ";
    }
    std::vector<NamedCount> durations;
    for (std::size_t i = 0; i < noteValues.size(); ++i) {
        durations.emplace_back(noteValues[i].name, histograms.durations[i]);
    }
    return text + names + "\n" + heights + "\n\nDurations\n" + barChart(durations, 7);
}

std::vector<ChordCount> chordCounts(const Song& song) {
    std::vector<std::pair<std::int64_t, Pitch>> onsets;
    for (const auto& track : song.tracks) {
        if (track->isDrums()) {
            continue;
        }
        for (const Note& note : track->notes) {
            onsets.emplace_back(gridStep(note.onset, fineStepsPerQuarter, song.ticksPerQuarter), note.pitch);
        }
    }
    std::sort(onsets.begin(), onsets.end());
    onsets.erase(std::unique(onsets.begin(), onsets.end()), onsets.end());

    std::map<std::vector<Pitch>, std::uint32_t> counts;
    std::vector<Pitch> chord;
    for (auto onset = onsets.begin(); onset != onsets.end(); ++onset) {
        chord.push_back(onset->second);
        if (onset + 1 == onsets.end() || (onset + 1)->first != onset->first) {
            ++counts[std::exchange(chord, {})];
        }
    }
    std::vector<ChordCount> result;
    result.reserve(counts.size());
    for (const auto& [pitches, count] : counts) {
        result.push_back({pitches, count});
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const ChordCount& a, const ChordCount& b) { return a.count > b.count; });
    return result;
}

}  // namespace ricercar
