#include "core/corpus/scan_report.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/analysis/text_chart.h"

namespace ricercar {

namespace {

std::size_t rejectedCount(const ScanReport& report) {
    std::size_t count = 0;
    for (const auto& [outcome, files] : report.rejected) {
        count += files.size();
    }
    return count;
}

/// "3 broken, 2 too short".
std::string outcomeCounts(const ScanReport& report) {
    std::string text;
    for (const auto& [outcome, files] : report.rejected) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", files.size(), outcomeName(outcome));
    }
    return text;
}

/// File names and the texts of files come from outside: control characters could play tricks with a terminal.
std::string printable(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return text;
}

std::string remarkLines(const std::vector<FileRemark>& files, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(files.size(), most); ++i) {
        text += printable(fmt::format("    {}: {}", files[i].path, files[i].text)) + "\n";
    }
    return files.size() > most ? text + fmt::format("    … and {} more\n", files.size() - most) : text;
}

std::string titled(std::string_view title, const std::string& chart) {
    return chart.empty() ? chart : fmt::format("\n{}\n{}", title, chart);
}

Json toJson(const std::vector<FileRemark>& remarks, std::string_view textName) {
    Json list = Json::array();
    for (const FileRemark& remark : remarks) {
        list.push_back({{"path", remark.path}, {std::string(textName), remark.text}});
    }
    return list;
}

std::string tempoName(int tens) { return fmt::format("{}-{}", tens, tens + 9); }

template <typename Key, typename Name>
std::vector<NamedCount> named(const std::map<Key, std::uint64_t>& counts, Name name) {
    std::vector<NamedCount> list;
    list.reserve(counts.size());
    for (const auto& [key, count] : counts) {
        list.emplace_back(name(key), count);
    }
    return list;
}

Json toJson(const std::vector<NamedCount>& counts) {
    Json object = Json::object();
    for (const auto& [name, count] : counts) {
        object[name] = count;
    }
    return object;
}

constexpr auto sameName = [](const std::string& name) { return name; };

}  // namespace

std::string_view outcomeName(FileOutcome outcome) {
    static constexpr std::array<std::string_view, 9> names = {
        "accepted", "not MIDI", "broken", "no notes", "too short", "too long", "only drums", "duplicate", "unreadable"};
    return names[static_cast<std::size_t>(outcome)];
}

void addPiece(ScanReport& report, const PieceSummary& piece) {
    ++report.accepted;
    report.notes += piece.notes;
    report.seconds += piece.seconds;
    report.emptyTracks += static_cast<std::uint64_t>(piece.emptyTracks);
    report.histograms += piece.histograms;
    ++report.keys[piece.key ? piece.key->key.text() : "none"];
    ++report.tempi[static_cast<int>(piece.quartersPerMinute()) / 10 * 10];
    ++report.meters[piece.meter.text()];
    for (const Instrument& instrument : piece.instruments) {
        ++report.instruments[instrument.number];
    }
}

Result<void> checkUsable(const ScanReport& report) {
    if (auto accepted = checkAccepted(report); !accepted) {
        return accepted;
    }
    return report.shard.empty()
               ? failure("this needs room in the cache folder: {}; set XDG_CACHE_HOME to another folder",
                         report.writeFault)
               : Result<void>();
}

Result<void> checkAccepted(const ScanReport& report) {
    if (report.accepted > 0) {
        return {};
    }
    if (report.midiFiles == 0 && report.otherFiles == 0) {
        return failure("{}: the folder is empty; name one that holds MIDI files", report.folder.string());
    }
    if (report.midiFiles == 0) {
        return failure("{}: there is no MIDI file, only {}", report.folder.string(),
                       counted(report.otherFiles, "other file"));
    }
    return failure("{}: none of {} can be used ({})", report.folder.string(), counted(report.midiFiles, "MIDI file"),
                   outcomeCounts(report));
}

Json toJson(const ScanReport& report) {
    Json outcomes = {{"accepted", report.accepted}};
    Json rejected = Json::array();
    for (const auto& [outcome, files] : report.rejected) {
        outcomes[std::string(outcomeName(outcome))] = files.size();
        for (Json& file : toJson(files, "reason")) {
            file["outcome"] = outcomeName(outcome);
            rejected.push_back(std::move(file));
        }
    }
    return {{"folder", report.folder.string()},
            {"shard", report.shard.empty() ? Json() : Json(report.shard.string())},
            {"vocabulary", report.vocabulary},
            {"cacheRemark", report.cacheRemark.empty() ? Json() : Json(report.cacheRemark)},
            {"scanSeconds", report.scanSeconds},
            {"files",
             {{"midi", report.midiFiles},
              {"other", report.otherFiles},
              {"read", report.filesRead},
              {"accepted", report.accepted},
              {"rejected", rejectedCount(report)}}},
            {"outcomes", outcomes},
            {"rejected", rejected},
            {"faulty", toJson(report.faulty, "fault")},
            {"notes", report.notes},
            {"tokens", report.tokens},
            {"hours", report.seconds / 3600},
            {"emptyTracks", report.emptyTracks},
            {"keys", toJson(named(report.keys, sameName))},
            {"tempi", toJson(named(report.tempi, tempoName))},
            {"meters", toJson(named(report.meters, sameName))},
            {"instruments", toJson(named(report.instruments, instrumentName))},
            {"histograms", toJson(report.histograms)},
            {"features", toJson(report.features)}};
}

std::string reportText(const ScanReport& report, std::size_t names) {
    std::string text = fmt::format("{}: {}, {}; {:.1f} s, {} read\n", printable(report.folder.string()),
                                   counted(report.midiFiles, "MIDI file"), counted(report.otherFiles, "other file"),
                                   report.scanSeconds, report.filesRead);
    if (!report.cacheRemark.empty()) {
        text += report.cacheRemark + "\n";
    }
    text += fmt::format("\n{:<12}{:>6}", "accepted", report.accepted);
    if (report.accepted > 0) {
        text += fmt::format("   {}, {:.1f} hours, {}", counted(report.notes, "note"), report.seconds / 3600,
                            counted(report.tokens, "token"));
    }
    text += "\n";
    for (const auto& [outcome, files] : report.rejected) {
        text += fmt::format("{:<12}{:>6}\n", outcomeName(outcome), files.size()) + remarkLines(files, names);
    }
    if (!report.faulty.empty()) {
        text += fmt::format("\n{} accepted with faults\n", counted(report.faulty.size(), "file")) +
                remarkLines(report.faulty, names);
    }
    if (report.emptyTracks > 0) {
        text += fmt::format("\n{} dropped\n", counted(report.emptyTracks, "empty track"));
    }
    text += titled("Keys", barChart(byCount(named(report.keys, sameName)), 8));
    text += titled("Tempi", barChart(named(report.tempi, tempoName), 8));
    text += titled("Metres", barChart(byCount(named(report.meters, sameName)), 6));
    text += titled("Instruments", barChart(byCount(named(report.instruments, instrumentName)), 8));
    if (report.accepted > 0) {
        text += "\n" + reportText(report.histograms) + "\nMean of the pieces\n" + reportText(report.features);
    }
    return text;
}

}  // namespace ricercar
