#include <csignal>
#include <cstdio>
#include <memory>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/analysis/text_chart.h"
#include "core/base/files.h"
#include "core/frames/frame_training.h"
#include "core/generate/generate_settings.h"
#include "core/train/backend_loader.h"
#include "core/train/preset.h"
#include "core/train/training.h"

namespace ricercar {

namespace {

struct Options {
    TrainingSettings settings;
    bool json = false;
};

std::string text(const Json& line, const char* name, const char* format) {
    return line.contains(name) && line[name].is_number() ? fmt::format(fmt::runtime(format), line[name].get<double>())
                                                         : std::string("-");
}

/// One line for people at each evaluation; the bar between them.
void show(const Json& event, const ProgressSink& progress) {
    const std::string kind = event.value("event", "");
    if (kind == "start") {
        fmt::print("{} weights, {} pieces to learn from ({} tokens), {}; {} on {}, {}, {}{}{}\n",
                   event["weights"].get<int>(), event["trainPieces"].get<int>(), event["trainTokens"].get<int>(),
                   event["split"].get<std::string>(), event["backend"].get<std::string>(),
                   event["device"].get<std::string>(), event["precision"].get<std::string>(),
                   counted(event["threads"].get<std::uint64_t>(), "thread"),
                   event.contains("memoryLimit") ? text(event, "memoryLimit", ", up to {:.1f} GB of memory") : "",
                   event["workers"] > 1 ? fmt::format(", {} workers", event["workers"].get<int>()) : "");
    } else if (kind == "pause" || kind == "resume") {
        fmt::print("{}{}{}\n", progress ? "\r\033[K" : "", kind == "pause" ? "paused: " : "goes on, no longer ",
                   event["what"].get<std::string>());
    } else if (kind == "step" && progress) {
        progress({std::min(0.999, event["fraction"].get<double>()),
                  fmt::format("step {}, {} nats a note, {} tokens/s", event["step"].get<int>(),
                              text(event, "trainNatsPerNote", "{:.3f}"), text(event, "tokensPerSecond", "{:.0f}"))});
    } else if (kind == "evaluation") {
        fmt::print(
            "{}step {:>6}  epoch {:>6.2f}  train {} nats a note  held out {} nats a note, {} nats a token, "
            "accuracy {}{}\n",
            progress ? "\r\033[K" : "", event["step"].get<int>(), event["epoch"].get<double>(),
            text(event, "trainNatsPerNote", "{:.3f}"), text(event, "validNatsPerNote", "{:.3f}"),
            text(event, "validNatsPerToken", "{:.3f}"), text(event, "accuracy", "{:.3f}"),
            event.value("best", false) ? "  best so far" : "");
    } else if (kind == "end") {
        fmt::print("{}{} after {}: {}\n{}\n", progress ? "\r\033[K" : "", event["reason"].get<std::string>(),
                   counted(event["steps"].get<std::uint64_t>(), "step"),
                   event.contains("validNatsPerNote")
                       ? text(event, "validNatsPerNote", "{:.3f} nats a note on held-out music")
                       : "the model was not judged yet",
                   event["model"].get<std::string>());
        for (const char* conclusion : {"verdict", "copies"}) {
            if (event.contains(conclusion)) {
                fmt::print("{}\n", event[conclusion].get<std::string>());
            }
        }
    }
    std::fflush(stdout);
}

/// The preset that is not of tokens: see `core/frames`.
constexpr const char* framesPreset = "frames";

Result<void> runFrames(const Options& options) {
    const TrainingSettings& settings = options.settings;
    for (const auto& [given, name] :
         {std::pair{settings.validFolder.has_value(), "--valid"}, std::pair{settings.base.has_value(), "--base"},
          std::pair{settings.minutes.has_value(), "--minutes"}, std::pair{settings.device == "cuda", "--device cuda"},
          std::pair{settings.resume, "--resume"}}) {
        if (given) {
            return failure("{} does not go with --preset {}, which learns a file of piano rolls in --epochs passes",
                           name, framesPreset);
        }
    }
    if (std::filesystem::is_directory(settings.folder)) {
        return failure("{} is a folder; --preset {} learns from a JSON file of piano rolls", settings.folder.string(),
                       framesPreset);
    }
    FrameTrainingSettings frames{.data = settings.folder, .run = settings.run};
    frames.epochs = settings.epochs.value_or(frames.epochs);
    frames.rng = settings.rng.value_or(frames.rng);
    if (!settings.card.empty()) {
        auto card = readTextFile(settings.card).and_then([](const std::string& text) { return parseJson(text); });
        if (!card || !card->is_object()) {
            return failure("{}: {}", settings.card.string(), card ? "not a JSON object" : card.error().message);
        }
        frames.card = std::move(*card);
    }
    const auto outcome = trainFrames(frames, options.json ? ProgressSink() : terminalProgress(), interruption());
    if (!outcome) {
        return tl::make_unexpected(outcome.error());
    }
    if (options.json) {
        fmt::print("{}\n", Json{{"event", "end"},
                                {"model", outcome->model.string()},
                                {"weights", outcome->weights},
                                {"seconds", outcome->seconds},
                                {"validNatsPerFrame", outcome->valid.perFrame()},
                                {"validFrames", outcome->valid.frames}}
                               .dump());
    } else {
        fmt::print("{:.4f} nats a frame on the split \"valid\" ({} frames); {} weights, {:.0f} s\n{}\n",
                   outcome->valid.perFrame(), outcome->valid.frames, outcome->weights, outcome->seconds,
                   outcome->model.string());
    }
    return {};
}

Result<void> run(const Options& options) {
    if (options.settings.preset == framesPreset) {
        return runFrames(options);
    }
    std::stop_source stop;
    const std::stop_callback interrupted(interruption(), [&stop] { stop.request_stop(); });
    std::signal(SIGPIPE, SIG_IGN);
    const auto backend = loadNetworkBackend();
    if (!backend) {
        return tl::make_unexpected(backend.error());
    }
    const ProgressSink progress = options.json ? ProgressSink() : terminalProgress();
    TrainingEvents events;
    events.event = [&](const Json& event) {
        if (options.json) {
            std::puts(event.dump().c_str());
            if (std::fflush(stdout) != 0) {
                stop.request_stop();  // nobody listens any more
            }
        } else {
            show(event, progress);
        }
    };
    events.scan = [&](const Progress& scanned) {
        if (options.json) {
            events.event({{"event", "scan"}, {"fraction", scanned.fraction}, {"what", scanned.what}});
        } else if (progress) {
            progress(scanned);
        }
    };
    const auto outcome = train(options.settings, **backend, events, stop.get_token());
    return outcome ? Result<void>() : tl::make_unexpected(outcome.error());
}

std::string presetHelp() {
    std::string help = "How to train (default: the base's, or fast):";
    for (const Preset& preset : presets()) {
        help += fmt::format("\n  {}: {}", preset.name, preset.summary);
    }
    return help +
           fmt::format("\n  {}: the published data sets of piano rolls, a JSON file instead of a folder", framesPreset);
}

std::vector<std::string> allPresetNames() {
    auto names = presetNames();
    names.emplace_back(framesPreset);
    return names;
}

}  // namespace

void addTrainCommand(CLI::App& engine) {
    auto* command = engine.add_subcommand("train", "Learn a model from a folder of MIDI files");
    const auto options = std::make_shared<Options>();
    TrainingSettings& settings = options->settings;
    command->add_option("folder", settings.folder, "MIDI files to learn from (or one), or shards of scan --shard")->required();
    command->add_option("--out", settings.run, "Folder of the run: model, checkpoint, metrics, samples")->required();
    command->add_option("--valid", settings.validFolder, "Held-out pieces (default: a tenth of the folder)");
    command->add_option("--preset", settings.preset, presetHelp())->check(CLI::IsMember(allPresetNames()));
    command->add_option("--base", settings.base, "Go on from this model instead of from scratch");
    auto* minutes = command->add_option("--minutes", settings.minutes, "Train for so long")->check(number(0.001, 1e6));
    command
        ->add_flag("--processor-time", settings.processorTime,
                   "Count the minutes in processor time, whatever else runs")
        ->needs(minutes);
    command->add_option("--epochs", settings.epochs, "Pass so often over the music")->check(wholeNumber(1, 1'000'000));
    command->add_option("--device", settings.device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command->add_option("--batch", settings.batch, "Windows of a step, of all workers together (default: the preset's)")
        ->check(wholeNumber(1, 1'000'000));
    command
        ->add_option("--join-timeout", settings.joinSeconds,
                     "Seconds to wait for the other workers, where torchrun or the environment names some")
        ->check(number(1, 1e6))
        ->capture_default_str();
    command
        ->add_option("--threads", settings.threads,
                     "Threads of the processor (default: OMP_NUM_THREADS, or what is fastest at the start)")
        ->check(wholeNumber(1, 1024));
    command
        ->add_option("--memory", settings.memory,
                     "Gigabytes to use at most; a step is computed in parts that fit (default: half of what is free)")
        ->check(number(0.1, 1e6));
    command->add_flag("--pause-on-battery", settings.pauseOnBattery, "Wait as long as the machine is on its battery");
    command->add_option("--rng", settings.rng, "Random seed (default: 1)")->check(wholeNumber(0, largestRng));
    command->add_option("--card", settings.card, "JSON file whose fields join the model's card");
    command->add_flag("--resume", settings.resume, "Go on with the run in --out as it was begun");
    command->add_flag("--json", options->json, "Print every event as a line of JSON");
    onRun(*command, [options] { return run(*options); });
}

}  // namespace ricercar
