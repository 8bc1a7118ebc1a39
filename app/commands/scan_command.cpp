#include <cstdio>
#include <limits>
#include <memory>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/base/files.h"
#include "core/corpus/scan.h"
#include "core/corpus/shard.h"

namespace ricercar {

namespace {

struct ScanOptions {
    std::string folder;
    std::string vocabulary = "house-2";
    std::filesystem::path shard;
    bool json = false;
    bool tokens = false;
    ScanLimits limits;
    bool rejectOnlyDrums = false;
};

Result<void> writeShard(const ScanReport& report, const std::filesystem::path& path) {
    return checkUsable(report).and_then([&] { return MappedFile::open(report.shard); }).and_then([&](MappedFile file) {
        return writeFileAtomically(path, file.bytes());
    });
}

/// A line of JSON with the texts of the vocabulary's tokens, then one for each accepted piece.
Result<void> printTokens(const ScanReport& report, const Vocabulary& vocabulary) {
    const auto usable = checkUsable(report);
    if (!usable) {
        return usable;
    }
    const auto shard = TokenShard::open(report.shard);
    if (!shard) {
        return tl::make_unexpected(shard.error());
    }
    Json texts;
    for (int token = 0; token < vocabulary.size(); ++token) {
        texts.push_back(vocabulary.text(static_cast<Token>(token)));
    }
    fmt::print("{}\n", Json{{"vocabulary", vocabulary.name()}, {"texts", texts}}.dump());
    for (std::size_t index = 0; index < shard->size(); ++index) {
        const auto tokens = shard->tokens(index);
        const Json line = {{"path", shard->piece(index).path},
                           {"tokens", std::vector<Token>(tokens.begin(), tokens.end())}};
        fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    return {};
}

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
    if (!options.shard.empty()) {
        if (auto written = writeShard(*report, options.shard); !written) {
            return written;
        }
    }
    if (options.tokens) {
        return printTokens(*report, **vocabulary);
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
    command
        .add_option("--shard", options->shard,
                    "Also write the tokens to this file, from which train and evaluate read them in the folder's place")
        ->type_name("FILE.shard")
        ->check(CLI::Validator(
            [](const std::string& path) {
                return std::filesystem::path(path).extension() == shardExtension ? "" : "its name has to end in .shard";
            },
            ""));
    CLI::Option* json = command.add_flag("--json", options->json, "Print the report as JSON");
    command
        .add_flag("--tokens", options->tokens,
                  "Print the tokens instead of the report: a line of JSON with their texts, then one for each piece")
        ->excludes(json);
    onRun(command, [options] { return scanFolder(*options); });
}

}  // namespace ricercar
