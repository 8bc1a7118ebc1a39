#include "core/analysis/piece_summary.h"

#include <algorithm>
#include <map>

#include "core/analysis/bars.h"

namespace ricercar {

namespace {

Meter mainMeter(const Song& song, Tick end) {
    std::map<Meter, std::int64_t> ticks;
    Meter meter;
    Tick since;
    for (const MeterChange& change : song.meters) {
        const Tick until = std::clamp(change.tick, since, std::max(since, end));
        ticks[meter] += (until - since).value;
        meter = change.meter;
        since = until;
    }
    ticks[meter] += (std::max(since, end) - since).value;
    return std::max_element(ticks.begin(), ticks.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

}  // namespace

std::string instrumentName(int number) {
    return number == drumKit ? "Drums" : std::string(programName(Program::clamped(number)));
}

PieceSummary summarise(const Song& song) {
    const Tick end = lastNoteEnd(song);
    PieceSummary summary;
    std::map<int, std::uint64_t> instruments;
    for (const auto& track : song.tracks) {
        if (track->notes.empty()) {
            ++summary.emptyTracks;
            continue;
        }
        ++summary.tracks;
        instruments[track->isDrums() ? drumKit : track->program().midi()] += track->notes.size();
    }
    for (const auto& [number, notes] : instruments) {
        summary.instruments.push_back({number, notes});
        summary.notes += notes;
    }
    summary.quarters = static_cast<double>(end.value) / song.ticksPerQuarter;
    summary.seconds = tempoMap(song).secondsAt(end);
    summary.bars = static_cast<int>(barLines(song).size()) - 1;
    summary.key = findKey(song);
    summary.meter = mainMeter(song, end);
    summary.histograms = histograms(song);
    summary.features = features(song);
    return summary;
}

Json toJson(const KeyEstimate& estimate) {
    return {{"key", estimate.key.text()},
            {"correlation", estimate.correlation},
            {"runnerUp", estimate.runnerUp.text()},
            {"runnerUpCorrelation", estimate.runnerUpCorrelation}};
}

Json toJson(const PieceSummary& summary) {
    Json instruments = Json::array();
    for (const Instrument& instrument : summary.instruments) {
        instruments.push_back({{"name", instrumentName(instrument.number)},
                               {"program", instrument.number == drumKit ? Json() : Json(instrument.number)},
                               {"drums", instrument.number == drumKit},
                               {"notes", instrument.notes}});
    }
    return {{"notes", summary.notes},
            {"tracks", summary.tracks},
            {"emptyTracks", summary.emptyTracks},
            {"quarters", summary.quarters},
            {"seconds", summary.seconds},
            {"bars", summary.bars},
            {"key", summary.key ? toJson(*summary.key) : Json()},
            {"quartersPerMinute", summary.quartersPerMinute()},
            {"meter", summary.meter.text()},
            {"instruments", instruments},
            {"histograms", toJson(summary.histograms)},
            {"features", toJson(summary.features)}};
}

}  // namespace ricercar
