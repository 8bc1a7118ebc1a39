#include <cstdio>
#include <limits>
#include <memory>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/corpus/scan.h"

namespace ricercar {

namespace {

struct ScanOptions {
    std::string folder;
    std::string vocabulary = "house-2";
    bool json = false;
    ScanLimits limits;
    bool rejectOnlyDrums = false;
};

Result<void> scanFolder(const ScanOptions& options) {
    const auto vocabulary = findVocabulary(options.vocabulary);
    if (!vocabulary) {
        return tl::make_unexpected(vocabulary.error());
    }
    ScanSettings settings{.vocabulary = *vocabulary, .limits = options.limits};
    settings.limits.acceptOnlyDrums = !options.rejectOnlyDrums;
    const auto report = scan(options.folder, settings, terminalProgress(), interruption());
    if (!report) {
        return tl::make_unexpected(report.error());
    }
    if (options.json) {
        fmt::print("{}\n", toJson(*report).dump(2, ' ', false, Json::error_handler_t::replace));
    } else if (report->midiFiles > 0) {
        fmt::print("{}", reportText(*report));
    }
    std::fflush(stdout);  // before what may go to standard error
    return checkAccepted(*report);
}

}  // namespace

void addScanCommand(CLI::App& engine) {
    auto options = std::make_shared<ScanOptions>();
    CLI::App& command = *engine.add_subcommand("scan", "Read a folder of MIDI files and tell what is in it");
    ScanLimits& limits = options->limits;
    const auto names = vocabularyNames();
    command.add_option("folder", options->folder, "A folder, read with all that is below it, or one file")
        ->required()
        ->type_name("FOLDER");
    command.add_option("--vocabulary", options->vocabulary, "Tokens to prepare for training")
        ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())))
        ->capture_default_str();
    command.add_option("--min-notes", limits.minNotes, "Reject pieces with fewer notes")
        ->check(wholeNumber(0, std::numeric_limits<std::int32_t>::max()))
        ->capture_default_str();
    command.add_option("--max-minutes", limits.maxMinutes, "Reject longer pieces")
        ->check(number(0, 1e6))
        ->capture_default_str();
    command.add_flag("--no-drums-only", options->rejectOnlyDrums, "Reject pieces that are nothing but drums");
    command.add_flag("--json", options->json, "Print the report as JSON");
    onRun(command, [options] { return scanFolder(*options); });
}

}  // namespace ricercar
