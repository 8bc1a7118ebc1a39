#include "core/analysis/piece_analysis.h"

#include <algorithm>
#include <utility>

#include "core/analysis/text_chart.h"

namespace ricercar {

namespace {

std::string chordName(const ChordCount& chord) {
    std::string name;
    for (const Pitch pitch : chord.pitches) {
        name += (name.empty() ? "" : "+") + pitchName(pitch);
    }
    return name;
}

/// Neighbouring windows of one key put together: "bars 1-12 C major, 9-20 G major".
std::string keysText(const std::vector<KeyOfBars>& keys) {
    std::vector<KeyOfBars> runs;
    for (const KeyOfBars& window : keys) {
        if (!window.estimate) {
            continue;
        }
        if (!runs.empty() && runs.back().estimate->key == window.estimate->key) {
            runs.back().lastBar = window.lastBar;
        } else {
            runs.push_back(window);
        }
    }
    constexpr std::size_t most = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(runs.size(), most); ++i) {
        text += fmt::format("{}{}-{} {}", text.empty() ? "" : ", ", runs[i].firstBar + 1, runs[i].lastBar + 1,
                            runs[i].estimate->key.text());
    }
    return runs.size() > most ? text + fmt::format(" … and {} more", runs.size() - most) : text;
}

std::string tempoText(const PieceAnalysis& analysis) {
    const auto& tempi = analysis.tempi;
    if (tempi.size() < 2) {
        return fmt::format("{:.0f} bpm", tempi.empty() ? 120 : tempi.front().quartersPerMinute());
    }
    const auto [slowest, fastest] = std::minmax_element(tempi.begin(), tempi.end(), [](const auto& a, const auto& b) {
        return a.microsecondsPerQuarter > b.microsecondsPerQuarter;
    });
    return fmt::format("{:.0f} bpm on average, {:.0f} to {:.0f} in {}", analysis.summary.quartersPerMinute(),
                       slowest->quartersPerMinute(), fastest->quartersPerMinute(),
                       counted(tempi.size(), "tempo event"));
}

std::string meterText(const PieceAnalysis& analysis) {
    const MeterMap map(analysis.ticksPerQuarter, analysis.meters);
    constexpr std::size_t most = 8;
    std::string text = map.meterOfBar(0).text();
    for (std::size_t i = 0; i < std::min(analysis.meters.size(), most); ++i) {
        const int bar = map.barAt(analysis.meters[i].tick);
        if (bar > 0) {
            text += fmt::format(", {} from bar {}", analysis.meters[i].meter.text(), bar + 1);
        }
    }
    return analysis.meters.size() > most ? text + fmt::format(" … and {} more", analysis.meters.size() - most) : text;
}

std::string tracksText(const std::vector<TrackLine>& tracks) {
    constexpr std::size_t most = 16;
    std::string text = tracks.empty() ? "" : "\nTracks\n";
    for (std::size_t i = 0; i < std::min(tracks.size(), most); ++i) {
        const std::string instrument = instrumentName(tracks[i].instrument);
        const std::string name = tracks[i].name.empty() || tracks[i].name == instrument ? "" : tracks[i].name + ", ";
        text += fmt::format("  {:>2}  {}{}, {}\n", i + 1, name, instrument, counted(tracks[i].notes, "note"));
    }
    return tracks.size() > most ? text + fmt::format("  … and {} more\n", tracks.size() - most) : text;
}

std::string chordsText(const std::vector<ChordCount>& chords) {
    if (chords.empty()) {
        return {};
    }
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(chords.size(), 6); ++i) {
        text += fmt::format("{}{} {}×", text.empty() ? "" : ", ", chordName(chords[i]), chords[i].count);
    }
    const auto once = std::count_if(chords.begin(), chords.end(), [](const ChordCount& c) { return c.count == 1; });
    return fmt::format("\nMost frequent  {}\n               {} different notes and chords, {} occur once\n", text,
                       chords.size(), once);
}

}  // namespace

PieceAnalysis analyse(const Song& song, int windowBars) {
    std::vector<TrackLine> tracks;
    for (const auto& track : song.tracks) {
        tracks.push_back({track->name, track->isDrums() ? drumKit : track->program().midi(), track->notes.size()});
    }
    return {.title = song.title,
            .summary = summarise(song),
            .tracks = std::move(tracks),
            .tempi = song.tempi,
            .meters = song.meters,
            .signatures = song.keys,
            .ticksPerQuarter = song.ticksPerQuarter,
            .keys = slidingKeys(barProfiles(song), windowBars, std::max(1, windowBars / 2)),
            .chords = chordCounts(song)};
}

Json toJson(const PieceAnalysis& analysis) {
    Json json = toJson(analysis.summary);
    json["title"] = analysis.title;
    Json& tracks = json["trackList"] = Json::array();
    for (const TrackLine& track : analysis.tracks) {
        tracks.push_back({{"number", tracks.size() + 1},
                          {"name", track.name},
                          {"instrument", instrumentName(track.instrument)},
                          {"notes", track.notes}});
    }
    Json& keys = json["keys"] = Json::array();
    for (const KeyOfBars& window : analysis.keys) {
        Json estimate = window.estimate ? toJson(*window.estimate) : Json{{"key", nullptr}};
        estimate["firstBar"] = window.firstBar + 1;
        estimate["lastBar"] = window.lastBar + 1;
        keys.push_back(std::move(estimate));
    }
    Json& tempi = json["tempi"] = Json::array();
    for (const TempoChange& change : analysis.tempi) {
        tempi.push_back({{"quarters", static_cast<double>(change.tick.value) / analysis.ticksPerQuarter},
                         {"quartersPerMinute", change.quartersPerMinute()}});
    }
    Json& meters = json["meters"] = Json::array();
    for (const MeterChange& change : analysis.meters) {
        meters.push_back({{"quarters", static_cast<double>(change.tick.value) / analysis.ticksPerQuarter},
                          {"meter", change.meter.text()}});
    }
    Json& signatures = json["keySignatures"] = Json::array();
    for (const KeyChange& change : analysis.signatures) {
        signatures.push_back({{"quarters", static_cast<double>(change.tick.value) / analysis.ticksPerQuarter},
                              {"key", change.key().text()}});
    }
    Json& chords = json["chords"] = Json::array();
    for (const ChordCount& chord : analysis.chords) {
        Json pitches = Json::array();
        for (const Pitch pitch : chord.pitches) {
            pitches.push_back(pitch.midi());
        }
        chords.push_back({{"pitches", pitches}, {"count", chord.count}});
    }
    return json;
}

std::string reportText(const PieceAnalysis& analysis) {
    const PieceSummary& summary = analysis.summary;
    std::string text = analysis.title.empty() ? "" : analysis.title + "\n";
    text += fmt::format("Length         {}, {}, {} in {}\n", counted(static_cast<std::uint64_t>(summary.bars), "bar"),
                        clockTime(summary.seconds), counted(summary.notes, "note"),
                        counted(static_cast<std::uint64_t>(summary.tracks), "track") +
                            (summary.emptyTracks > 0 ? fmt::format(" and {} empty", summary.emptyTracks) : ""));
    text += fmt::format("Tempo          {}\nMetre          {}\n", tempoText(analysis), meterText(analysis));
    if (summary.key) {
        const std::string signature =
            analysis.signatures.empty() ? "" : "; the file says " + analysis.signatures.front().key().text();
        text += fmt::format("Key            {} (correlation {:.2f}), else {} ({:.2f}){}\nKeys by bars   {}\n",
                            summary.key->key.text(), summary.key->correlation, summary.key->runnerUp.text(),
                            summary.key->runnerUpCorrelation, signature, keysText(analysis.keys));
    } else {
        text += "Key            none: no pitched notes, or all pitch classes alike\n";
    }
    std::vector<NamedCount> instruments;
    for (const Instrument& instrument : summary.instruments) {
        instruments.emplace_back(instrumentName(instrument.number), instrument.notes);
    }
    text += tracksText(analysis.tracks);
    text += "\nInstruments\n" + barChart(byCount(instruments), 6);
    text += "\n" + reportText(summary.histograms);
    text += chordsText(analysis.chords);
    text += "\n" + reportText(summary.features);
    return text;
}

}  // namespace ricercar
