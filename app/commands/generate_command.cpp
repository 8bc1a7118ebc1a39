#include <cctype>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/analysis/text_chart.h"
#include "core/edit/bars.h"
#include "core/generate/generate.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "core/model/model_library.h"
#include "core/music/names.h"

namespace ricercar {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model = "default";
    std::vector<std::string> seeds;
    GenerateSettings settings;
    std::optional<std::uint64_t> rng;
    std::string key;
    std::string lowest = "0";
    std::string highest = "127";
    fs::path out;
    std::string fill;         ///< FIRST-LAST, bars
    std::vector<int> tracks;  ///< from 1
    std::string add;
};

/// "3-6", bars or the like.
std::optional<std::pair<int, int>> parseRange(std::string_view text) {
    int first = 0;
    int last = 0;
    const char* end = text.data() + text.size();
    const auto dash = std::from_chars(text.data(), end, first);
    if (dash.ec != std::errc() || dash.ptr == end || *dash.ptr != '-') {
        return std::nullopt;
    }
    const auto rest = std::from_chars(dash.ptr + 1, end, last);
    if (rest.ec != std::errc() || rest.ptr != end) {
        return std::nullopt;
    }
    return std::pair(first, last);
}

/// A file and perhaps a range of its bars, counted from 1 as people do.
struct SeedSource {
    fs::path file;
    std::optional<std::pair<int, int>> bars;
};

SeedSource parseSeed(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    std::error_code error;
    if (colon == std::string::npos || fs::exists(text, error)) {
        return {text, std::nullopt};
    }
    const auto bars = parseRange(std::string_view(text).substr(colon + 1));
    return bars ? SeedSource{text.substr(0, colon), bars} : SeedSource{text, std::nullopt};
}

Result<Song> readSeed(const std::string& text) {
    const SeedSource source = parseSeed(text);
    const auto reading = readSmfFile(source.file);
    if (!reading) {
        return tl::make_unexpected(reading.error());
    }
    if (!source.bars) {
        return reading->song;
    }
    const auto [first, last] = *source.bars;
    const int bars = barCount(reading->song);
    if (first < 1 || last < first || last > bars) {
        return failure("{}: bars {}-{} are not in it; it has bars 1-{}", source.file.string(), first, last, bars);
    }
    return barsOf(reading->song, first - 1, last - 1);
}

Result<Song> readSeeds(const std::vector<std::string>& texts) {
    Song seed;
    for (const std::string& text : texts) {
        auto song = readSeed(text);
        if (!song) {
            return song;
        }
        seed = seed.end.value == 0 ? *song : joined(seed, *song);
    }
    return seed;
}

bool namesMidiFile(const fs::path& out) { return out.extension() == ".mid" || out.extension() == ".midi"; }

/// Whether `out` is no MIDI file and no folder: it ends as a file of another kind. "takes-0.9" ends in no letter.
bool namesOtherFile(const fs::path& out) {
    const std::string ending = out.extension().string();
    return ending.size() > 1 && std::isalpha(static_cast<unsigned char>(ending[1])) != 0 && !namesMidiFile(out) &&
           !fs::is_directory(out);
}

/// One take: `out` itself where it names a MIDI file. Several: NAME-1.mid beside it, or take-1.mid in the folder `out`.
fs::path takePath(const fs::path& out, int number, int takes) {
    if (!namesMidiFile(out)) {
        return out / fmt::format("take-{}.mid", number + 1);
    }
    return takes == 1
               ? out
               : out.parent_path() / fmt::format("{}-{}{}", out.stem().string(), number + 1, out.extension().string());
}

Result<void> setPitch(int& midi, std::string_view option, const std::string& text) {
    return pitchFromText(text).map([&](Pitch pitch) { midi = pitch.midi(); }).map_error([&](const Error& error) {
        return Error{fmt::format("{} {}", option, error.message)};
    });
}

/// What shall be written into `seed`, if anything.
Result<std::optional<FillIn>> fillOf(const Options& options, const Song& seed) {
    if (options.fill.empty() && options.add.empty()) {
        return options.tracks.empty() ? Result<std::optional<FillIn>>(std::nullopt)
                                      : failure("--tracks needs --fill: the bars in which they are written anew");
    }
    FillIn fill{.firstBar = 0, .lastBar = std::max(0, barCount(seed) - 1), .tracks = {}, .added = {}};
    if (!options.fill.empty()) {
        const auto bars = parseRange(options.fill);
        if (!bars) {
            return failure("--fill {} is no range of bars such as 5-8", options.fill);
        }
        fill.firstBar = bars->first - 1;
        fill.lastBar = bars->second - 1;
    }
    for (const int track : options.tracks) {
        if (track < 1) {
            return failure("--tracks are counted from 1");
        }
        fill.tracks.push_back(static_cast<std::size_t>(track) - 1);
    }
    if (options.add == "drums") {
        fill.added = FillIn::Instrument{true, {}};
    } else if (!options.add.empty()) {
        const auto program = programFromText(options.add);
        if (!program) {
            return failure("--add {}, nor drums", program.error().message);
        }
        fill.added = FillIn::Instrument{false, *program};
    }
    return fill;
}

/// What cannot be asked for together, or not without a seed, as a sentence; empty where all goes together.
std::string contradiction(const Options& options, const GenerateSettings& settings) {
    const std::string_view into = !options.fill.empty() ? "--fill" : !options.add.empty() ? "--add" : "";
    if (options.seeds.empty() && !into.empty()) {
        return fmt::format("{} needs --seed: the music that it is written into", into);
    }
    if (options.seeds.empty() && settings.keyOfSeed) {
        return "--key seed needs --seed: the music whose key it is";
    }
    if (settings.ending && !into.empty()) {
        return fmt::format("--ending does not go with {}: it closes a take that goes on from the seed", into);
    }
    return {};
}

Result<void> run(const Options& options) {
    const std::stop_token stop = interruption();
    GenerateSettings settings = options.settings;
    settings.rng = options.rng.value_or(std::random_device{}());
    const auto checked = setKey(settings, options.key)
                             .and_then([&] { return setPitch(settings.lowestPitch, "lowest", options.lowest); })
                             .and_then([&] { return setPitch(settings.highestPitch, "highest", options.highest); })
                             .and_then([&] { return check(settings); });
    if (!checked) {
        throw CLI::ValidationError("--" + checked.error().message);
    }
    if (const std::string wrong = contradiction(options, settings); !wrong.empty()) {
        throw CLI::ValidationError(wrong);
    }
    if (namesOtherFile(options.out)) {
        throw CLI::ValidationError(fmt::format("--out {} is neither a .mid file nor a folder", options.out.string()));
    }
    const auto seed = readSeeds(options.seeds);
    if (!seed) {
        return tl::make_unexpected(seed.error());
    }
    if (!options.seeds.empty() && noteCount(*seed) == 0) {
        fmt::print(stderr, "there are no notes in the seed: the takes are composed from nothing\n");
    }
    const auto model = findModel(options.model).and_then(Model::open);
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    const auto fill = fillOf(options, *seed);
    if (!fill) {
        return tl::make_unexpected(fill.error());
    }
    const auto prepared = PreparedSeed::prepare(*model, *seed, *fill);
    if (!prepared) {
        return tl::make_unexpected(prepared.error());
    }
    const ProgressSink progress = terminalProgress();
    const double quarters = 4.0 * (*fill ? (*fill)->lastBar - (*fill)->firstBar + 1 : settings.bars);
    GenerateEvents events;
    if (progress) {
        events.note = [&, latest = 0.0](int take, const DrawnNote& drawn) mutable {
            latest = std::max(latest, static_cast<double>(drawn.note.onset.value) / gridPerQuarter);
            progress({std::min(0.99, latest / quarters), fmt::format("take {}", take + 1)});
        };
    }
    const auto takes = generate(**prepared, settings, events, stop);
    if (!takes) {
        return tl::make_unexpected(takes.error());
    }
    if (progress) {
        progress({1.0, counted(takes->size(), "take")});
    }
    if (takes->empty()) {
        return failure(
            "{}", stop.stop_requested() ? "stopped before a bar was whole" : "the model wrote nothing but silence");
    }
    if (const std::string remark = takes->front().recipe.value("remark", ""); !remark.empty()) {
        fmt::print(stderr, "{}\n", remark);
    }
    for (const Take& take : *takes) {
        const fs::path path = takePath(options.out, take.number, settings.takes);
        if (auto written = writeSmfFile(path, take.song); !written) {
            return written;
        }
        fmt::print("{}: {}, {}, --rng {}\n", path.string(),
                   counted(static_cast<std::uint64_t>(barCount(take.song)), "bar"),
                   counted(noteCount(take.song), "note"), settings.rng);
    }
    return {};
}

}  // namespace

void addGenerateCommand(CLI::App& engine) {
    auto* command = engine.add_subcommand("generate", "Compose takes that go on from a seed, or from nothing");
    const auto options = std::make_shared<Options>();
    command->add_option("--model", options->model, "A model file, a training run's folder or a name of `models`")
        ->capture_default_str();
    command->add_option("--seed", options->seeds,
                        "FILE.mid, or FILE.mid:FIRST-LAST for a range of its bars; several are joined");
    auto* bars = command->add_option("--bars", options->settings.bars, "Length of a take")->capture_default_str();
    command
        ->add_option("--fill", options->fill,
                     "FIRST-LAST: write these bars of the seed anew, seeing what comes before and after")
        ->excludes(bars);
    command->add_option("--tracks", options->tracks, "With --fill: only these tracks, counted from 1; the others stay");
    command
        ->add_option(
            "--add", options->add,
            "Write a part for one more instrument into the seed (or the bars of --fill): drums, a General MIDI "
            "name such as \"acoustic bass\", or its number from 0")
        ->excludes(bars);
    command->add_option("--takes", options->settings.takes, "How many takes")->default_val(1);
    command->add_option("--temperature", options->settings.temperature, "0.05 (tame) to 2 (wild)")
        ->capture_default_str();
    command->add_option("--min-p", options->settings.minP,
                        "Leave out what is less likely than the likeliest by this factor (default: by temperature)");
    command->add_option("--top-p", options->settings.topP,
                        "Draw from the likeliest tokens that have this share (default: 1)");
    command->add_option("--key", options->key,
                        "Only notes of this key: \"D minor\", or \"seed\" for that of the seed; drums play on");
    command->add_option("--lowest", options->lowest, "Lowest pitch, a name such as C3 or a MIDI number")
        ->capture_default_str();
    command->add_option("--highest", options->highest, "Highest pitch")->capture_default_str();
    command->add_option(
        "--style", options->settings.style,
        "One of the model's styles (`models --json` lists them; its `obeys` says what it has learnt to obey)");
    command->add_option("--density", options->settings.density, "How many notes: 0 (few) to 7, likewise");
    command->add_option("--polyphony", options->settings.polyphony,
                        "How many sound at once: 0 (one voice) to 5, likewise");
    command->add_flag("--ending", options->settings.ending, "Close the piece: of several endings take the best");
    command->add_option("--rng", options->rng, "Random seed: the same gives the same takes (default: by chance)")
        ->check(wholeNumber(0, largestRng));
    command->add_option("--out", options->out, "A .mid file, or a folder for take-1.mid, take-2.mid ...")->required();
    onRun(*command, [options] { return run(*options); });
}

}  // namespace ricercar
