#include <memory>

#include "app/commands/command.h"
#include "core/analysis/piece_analysis.h"
#include "core/analysis/text_chart.h"
#include "core/midi/smf_reader.h"

namespace ricercar {

namespace {

struct AnalyzeOptions {
    std::string file;
    bool json = false;
    int windowBars = 8;
};

Json toJson(const SmfReading& reading, const PieceAnalysis& analysis, const std::string& file) {
    Json json = toJson(analysis);
    json["file"] = file;
    json["format"] = reading.format;
    Json& warnings = json["warnings"] = Json::array();
    for (const SmfWarning& warning : reading.warnings) {
        warnings.push_back({{"byte", warning.byte}, {"message", warning.message}});
    }
    return json;
}

Result<void> analyzeFile(const AnalyzeOptions& options) {
    const auto reading = readSmfFile(options.file);
    if (!reading) {
        return tl::make_unexpected(reading.error());
    }
    const PieceAnalysis analysis = analyse(reading->song, options.windowBars);
    if (options.json) {
        fmt::print("{}\n",
                   toJson(*reading, analysis, options.file).dump(2, ' ', false, Json::error_handler_t::replace));
        return {};
    }
    fmt::print("{}", reportText(analysis));
    if (!reading->warnings.empty()) {
        fmt::print("\n{} in the file\n", counted(reading->warnings.size(), "fault"));
    }
    for (const SmfWarning& warning : reading->warnings) {
        fmt::print("  byte {}: {}\n", warning.byte, warning.message);
    }
    return {};
}

}  // namespace

void addAnalyzeCommand(CLI::App& engine) {
    auto options = std::make_shared<AnalyzeOptions>();
    CLI::App& command = *engine.add_subcommand("analyze", "Tell the key, tempo, instruments and figures of a piece");
    command.add_option("file", options->file, "A MIDI file")->required()->type_name("FILE.mid");
    command.add_option("--window", options->windowBars, "Bars in the sliding window of the keys")
        ->check(wholeNumber(1, 1000))
        ->capture_default_str();
    command.add_flag("--json", options->json, "Print the report as JSON");
    onRun(command, [options] { return analyzeFile(*options); });
}

}  // namespace ricercar
