#include "core/train/music_report.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/text_chart.h"

namespace ricercar {

namespace {

// What takes are judged by.
constexpr double mostStuck = 0.01;
constexpr double leastAlike = 0.8;           // of the judged features
constexpr double mostWithMoreCopied = 0.05;  // of the takes: as many as of real music, by definition

template <typename Holds>
double shareOf(std::span<const PieceFigures> pieces, Holds holds) {
    const auto count = std::count_if(pieces.begin(), pieces.end(), holds);
    return pieces.empty() ? Features::none : static_cast<double>(count) / static_cast<double>(pieces.size());
}

double stuckShare(std::span<const PieceFigures> pieces) {
    return shareOf(pieces, [](const PieceFigures& piece) { return piece.stuck(); });
}

/// A set of takes and what is said of it.
struct Verdict {
    const TakesAtTemperature* set = nullptr;
    std::vector<FeatureComparison> features;
    std::int64_t alike = 0;
    std::int64_t judged = 0;
    double stuck = 0;
    double endOnBarLine = 0;
    CopySummary copies;
    double withMoreCopied = 0;  ///< than 95 % of real music have

    bool alikeEnough() const { return static_cast<double>(alike) >= leastAlike * static_cast<double>(judged); }
    bool seldomStuck() const { return stuck < mostStuck; }
    bool allEnd() const { return endOnBarLine == 1; }
    bool copiesLittle() const { return withMoreCopied <= mostWithMoreCopied; }
};

Verdict judge(const MusicReport& report, const TakesAtTemperature& set, const CopySummary& realCopies) {
    Verdict verdict;
    verdict.set = &set;
    verdict.features = compareFeatures(report.real, set.takes);
    for (const FeatureComparison& feature : verdict.features) {
        verdict.judged += feature.judged ? 1 : 0;
        verdict.alike += feature.judged && feature.alike() ? 1 : 0;
    }
    verdict.stuck = stuckShare(set.takes);
    verdict.endOnBarLine = shareOf(set.takes, [](const PieceFigures& piece) { return piece.endsOnBarLine; });
    verdict.copies = summariseCopies(set.takes);
    verdict.withMoreCopied = shareWithLongerCopies(set.takes, realCopies.highNotes);
    return verdict;
}

Json orNull(double value) { return std::isnan(value) ? Json() : Json(value); }

Json toJson(const Quartiles& quartiles) {
    return {
        {"lower", orNull(quartiles.lower)}, {"median", orNull(quartiles.median)}, {"upper", orNull(quartiles.upper)}};
}

Json toJson(const CopySummary& copies, const std::vector<std::string>& pieces) {
    Json json{{"longestNotes", {{"median", orNull(copies.medianNotes)}, {"percentile95", orNull(copies.highNotes)}}},
              {"longestBars", {{"percentile95", orNull(copies.highBars)}}},
              {"copiedShare", {{"median", orNull(copies.medianShare)}, {"percentile95", orNull(copies.highShare)}}}};
    if (copies.longest != nullptr) {
        json["longest"] = {{"notes", copies.longest->notes},
                           {"bars", copies.longest->bars()},
                           {"piece", pieces[copies.longest->piece]},
                           {"firstBar", copies.longest->pieceFirstBar + 1},
                           {"lastBar", copies.longest->pieceLastBar + 1}};
    }
    return json;
}

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3g}", value); }
std::string percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.3g} %", 100 * share); }
std::string tick(bool passed) { return passed ? "✓" : "✗"; }

using Rows = std::vector<std::vector<std::string>>;

/// Characters, of UTF-8.
std::size_t columnsOf(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char byte) { return (static_cast<unsigned>(byte) & 0xc0U) != 0x80U; }));
}

/// In Markdown, the columns padded; the first row is the head.
std::string table(const Rows& rows) {
    const auto columns = rows.front().size();
    std::vector<std::size_t> widths(columns, 3);
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < columns; ++column) {
            widths[column] = std::max(widths[column], columnsOf(row[column]));
        }
    }
    std::string text;
    const auto add = [&](const std::vector<std::string>& row) {
        for (std::size_t column = 0; column < columns; ++column) {
            text += fmt::format("| {:<{}} ", row[column], widths[column]);
        }
        text += "|\n";
    };
    add(rows.front());
    for (const std::size_t width : widths) {
        text += fmt::format("| {:-<{}} ", "", width);
    }
    text += "|\n";
    std::for_each(rows.begin() + 1, rows.end(), add);
    return text;
}

std::string headText(const TakesAtTemperature& set) {
    return fmt::format("at {:g} ({})", set.temperature, counted(set.takes.size(), "take"));
}

Rows rowsOf(const MusicReport& report, std::span<const Verdict> verdicts, const CopySummary& realCopies) {
    Rows rows{{"", counted(report.real.size(), "real window")}};
    for (const Verdict& verdict : verdicts) {
        rows.front().push_back(headText(*verdict.set));
    }
    const auto add = [&](std::string name, std::string real, auto cell) {
        rows.push_back({std::move(name), std::move(real)});
        for (const Verdict& verdict : verdicts) {
            rows.back().push_back(cell(verdict));
        }
    };
    for (std::size_t index = 0; index < featureFields.size(); ++index) {
        const FeatureComparison& first = verdicts.front().features[index];
        const Quartiles& real = first.real;
        add(first.judged ? std::string(first.field.label) : fmt::format("({})", first.field.label),
            fmt::format("{} .. {} .. {}", number(real.lower), number(real.median), number(real.upper)),
            [index](const Verdict& verdict) {
                const FeatureComparison& feature = verdict.features[index];
                return fmt::format("{} {} ({}, {})", tick(feature.alike()), number(feature.takes.median),
                                   percent(feature.insideShare),
                                   std::isnan(feature.overlap) ? "-" : fmt::format("{:.2f}", feature.overlap));
            });
    }
    add("features alike", "", [](const Verdict& verdict) {
        return fmt::format("{} {} of {}", tick(verdict.alikeEnough()), verdict.alike, verdict.judged);
    });
    add("stuck in a loop", percent(stuckShare(report.real)), [](const Verdict& verdict) {
        return fmt::format("{} {}", tick(verdict.seldomStuck()), percent(verdict.stuck));
    });
    add("end on a bar line", "", [](const Verdict& verdict) {
        return fmt::format("{} {}", tick(verdict.allEnd()), percent(verdict.endOnBarLine));
    });
    if (report.settings.against.empty()) {
        return rows;
    }
    const auto runs = [](const CopySummary& copies) {
        return fmt::format("{} .. {} notes, {} bars", number(copies.medianNotes), number(copies.highNotes),
                           number(copies.highBars));
    };
    const auto shares = [](const CopySummary& copies) {
        return fmt::format("{} .. {}", percent(copies.medianShare), percent(copies.highShare));
    };
    add("longest copied run", runs(realCopies), [&](const Verdict& verdict) { return runs(verdict.copies); });
    add("a longer one than 95 % of real", percent(shareWithLongerCopies(report.real, realCopies.highNotes)),
        [](const Verdict& verdict) {
            return fmt::format("{} {}", tick(verdict.copiesLittle()), percent(verdict.withMoreCopied));
        });
    add(fmt::format("in runs of {} notes or more", shortestCopy), shares(realCopies),
        [&](const Verdict& verdict) { return shares(verdict.copies); });
    return rows;
}

}  // namespace

Json toJson(const MusicReport& report) {
    const CopySummary realCopies = summariseCopies(report.real);
    const bool searched = !report.settings.against.empty();
    Json json{{"model", report.model},
              {"bars", report.settings.generate.bars},
              {"seedBars", report.settings.seedBars},
              {"minP", orNull(report.settings.generate.minP.value_or(Features::none))},
              {"topP", orNull(report.settings.generate.topP.value_or(Features::none))},
              {"rng", report.settings.generate.rng},
              {"pieces", report.pieces},
              {"stopped", report.stopped},
              {"real", {{"windows", report.real.size()}, {"stuckShare", orNull(stuckShare(report.real))}}},
              {"takes", Json::array()}};
    if (searched) {
        json["against"] = report.settings.against.string();
        json["real"]["copies"] = toJson(realCopies, report.trainingPieces);
    }
    for (const TakesAtTemperature& set : report.sets) {
        const Verdict verdict = judge(report, set, realCopies);
        Json features = Json::object();
        for (const FeatureComparison& feature : verdict.features) {
            const std::string name(feature.field.name);
            json["real"]["features"][name] = toJson(feature.real);
            features[name] = toJson(feature.takes);
            features[name]["insideShare"] = orNull(feature.insideShare);
            features[name]["overlap"] = orNull(feature.overlap);
            features[name]["judged"] = feature.judged;
            features[name]["alike"] = feature.alike();
        }
        json["takes"].push_back({{"from", set.fromSeeds ? "seeds" : "nothing"},
                                 {"temperature", set.temperature},
                                 {"takes", set.takes.size()},
                                 {"features", std::move(features)},
                                 {"alikeFeatures", verdict.alike},
                                 {"judgedFeatures", verdict.judged},
                                 {"stuckShare", orNull(verdict.stuck)},
                                 {"endOnBarLineShare", orNull(verdict.endOnBarLine)}});
        if (searched) {
            json["takes"].back()["copies"] = toJson(verdict.copies, report.trainingPieces);
            json["takes"].back()["copies"]["moreThan95PercentOfRealShare"] = orNull(verdict.withMoreCopied);
        }
    }
    return json;
}

std::string reportText(const MusicReport& report) {
    const MusicSettings& settings = report.settings;
    const CopySummary realCopies = summariseCopies(report.real);
    const auto bars = [](int count) { return counted(static_cast<std::uint64_t>(count), "bar"); };
    const auto given = [](const char* option, const auto& value) {
        return value ? fmt::format(" {} {:g}", option, *value) : std::string();
    };
    std::string text =
        fmt::format("{}: takes of {} beside windows of {}; --rng {}{}{}\n", report.model, bars(settings.generate.bars),
                    counted(report.pieces, "held-out piece"), settings.generate.rng,
                    given("--min-p", settings.generate.minP), given("--top-p", settings.generate.topP));
    const CopiedRun* longest = nullptr;
    for (const bool fromSeeds : {true, false}) {
        std::vector<Verdict> verdicts;
        for (const TakesAtTemperature& set : report.sets) {
            if (set.fromSeeds == fromSeeds && !set.takes.empty()) {
                verdicts.push_back(judge(report, set, realCopies));
                const CopiedRun* run = verdicts.back().copies.longest;
                if (run != nullptr && (longest == nullptr || run->notes > longest->notes)) {
                    longest = run;
                }
            }
        }
        if (!verdicts.empty()) {
            text += fromSeeds ? fmt::format("\nAfter {} of a held-out piece\n\n", bars(settings.seedBars))
                              : std::string("\nFrom nothing\n\n");
            text += table(rowsOf(report, verdicts, realCopies));
        }
    }
    text +=
        "\nOf real music: lower quartile .. median .. upper quartile. Of takes: ✓ or ✗ whether their median lies\n"
        "between the quartiles, the median, the share of takes between them, the overlapping area. Features in\n"
        "brackets are not judged.";
    if (!settings.against.empty()) {
        text += "\nOf copied runs: median .. 95th percentile.";
    }
    if (longest != nullptr) {
        text +=
            fmt::format(" The longest of all takes: {} of bars {}-{} of {}.", counted(longest->notes, "note"),
                        longest->pieceFirstBar + 1, longest->pieceLastBar + 1, report.trainingPieces[longest->piece]);
    }
    if (report.stopped) {
        text += "\nStopped before all takes were drawn.";
    }
    return text + "\n";
}

}  // namespace ricercar
