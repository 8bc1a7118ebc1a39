#include <memory>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/corpus/scan.h"
#include "core/frames/frame_data.h"
#include "core/frames/frame_training.h"
#include "core/model/model_library.h"
#include "core/train/backend_loader.h"
#include "core/train/condition_protocol.h"
#include "core/train/evaluation.h"
#include "core/train/judge.h"
#include "core/train/music_protocol.h"

namespace ricercar {

namespace {

struct Options {
    std::string model;
    std::string data;
    std::string protocol = "notes";
    std::string split = "test";
    bool fixedWeights = false;
    std::string device = "auto";
    std::size_t pieces = 100;
    bool json = false;
    MusicSettings music;
};

ProgressSink progressOf(const Options& options) { return options.json ? ProgressSink() : terminalProgress(); }

Result<void> runFrames(const Options& options) {
    const std::stop_token stop = interruption();
    const ProgressSink progress = progressOf(options);
    const auto data = readFrameData(options.data);
    if (!data) {
        return tl::make_unexpected(data.error());
    }
    auto model =
        findModel(options.model).and_then([&](const auto& path) { return FrameModel::open(path, progress, stop); });
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    const auto loss = judgeFrames(*model, data->split(options.split), options.fixedWeights, progress, stop);
    if (!loss) {
        return tl::make_unexpected(loss.error());
    }
    if (options.json) {
        fmt::print("{}\n", Json{{"natsPerFrame", loss->perFrame()}, {"frames", loss->frames}}.dump());
    } else {
        fmt::print("{:.4f} nats a frame\n{} frames\n", loss->perFrame(), loss->frames);
    }
    return {};
}

Result<void> runNotes(const Options& options) {
    const std::stop_token stop = interruption();
    const auto backend = loadNetworkBackend();
    if (!backend) {
        return tl::make_unexpected(backend.error());
    }
    const auto path = findModel(options.model);
    if (!path) {
        return tl::make_unexpected(path.error());
    }
    const auto evaluation = judgeModel(*path, options.data, **backend, options.device, progressOf(options), stop);
    if (!evaluation) {
        return tl::make_unexpected(evaluation.error());
    }
    if (options.json) {
        fmt::print("{}\n", toJson(*evaluation).dump());
    } else {
        fmt::print(
            "{:.4f} nats a token\n{:.4f} nats a note\n{:.4f} nats a quarter\naccuracy {:.4f}\n"
            "{} tokens, {} notes, {:.0f} quarters\n",
            evaluation->natsPerToken(), evaluation->natsPerNote(), evaluation->natsPerQuarter(), evaluation->accuracy(),
            evaluation->loss.tokens, evaluation->notes, evaluation->quarters);
    }
    return {};
}

Result<void> runConditions(const Options& options) {
    const std::stop_token stop = interruption();
    const auto backend = loadNetworkBackend();
    if (!backend) {
        return tl::make_unexpected(backend.error());
    }
    const auto rows = findModel(options.model).and_then([&](const auto& path) {
        return judgeConditions(path, options.data, options.pieces, **backend, options.device, progressOf(options),
                               stop);
    });
    if (!rows) {
        return tl::make_unexpected(rows.error());
    }
    fmt::print("{}", options.json ? toJson(*rows).dump() + "\n" : reportText(*rows));
    return {};
}

Result<void> runMusic(const Options& options) {
    const std::stop_token stop = interruption();
    if (options.music.fromSeeds + options.music.fromNothing == 0) {
        throw CLI::ValidationError("--takes and --from-nothing are both 0");
    }
    for (const double temperature : options.music.temperatures) {
        GenerateSettings settings = options.music.generate;
        settings.temperature = temperature;
        if (const auto checked = check(settings); !checked) {
            throw CLI::ValidationError("--" + checked.error().message);
        }
    }
    const auto report = findModel(options.model).and_then(Model::open).and_then([&](const auto& model) {
        return compareMusic(model, options.data, options.music, progressOf(options), stop);
    });
    if (!report) {
        return tl::make_unexpected(report.error());
    }
    fmt::print("{}", options.json ? toJson(*report).dump() + "\n" : reportText(*report));
    return {};
}

/// Those of `--protocol music`, which the others refuse.
std::vector<CLI::Option*> addMusicOptions(CLI::App& command, MusicSettings& music) {
    return {
        command.add_option("--against", music.against,
                           "What the model learned from, a folder or a run: search for copies of it"),
        command.add_option("--takes", music.fromSeeds, "Takes that go on from held-out pieces, at each temperature")
            ->check(wholeNumber(0, 100'000))
            ->capture_default_str(),
        command.add_option("--from-nothing", music.fromNothing, "Takes from nothing, at each temperature")
            ->check(wholeNumber(0, 100'000))
            ->capture_default_str(),
        command.add_option("--temperature", music.temperatures, "One or several, e.g. 0.8 1 1.2")
            ->capture_default_str(),
        command.add_option("--bars", music.generate.bars, "Length of a take")->capture_default_str(),
        command.add_option("--seed-bars", music.seedBars, "Length of a seed")
            ->check(wholeNumber(1, 256))
            ->capture_default_str(),
        command.add_option("--min-p", music.generate.minP,
                           "Leave out what is less likely than the likeliest by this factor (default: by temperature)"),
        command.add_option("--top-p", music.generate.topP,
                           "Draw from the likeliest tokens that have this share (default: 1)"),
        command.add_option("--rng", music.generate.rng, "Random seed: the same gives the same table")
            ->check(wholeNumber(0, largestRng))
            ->capture_default_str(),
        command.add_option("--out", music.out, "A folder in which to leave the takes"),
    };
}

}  // namespace

void addEvaluateCommand(CLI::App& engine) {
    auto* command =
        engine.add_subcommand("evaluate", "Say how well a model foretells music, or how its takes compare with it");
    const auto options = std::make_shared<Options>();
    command->add_option("--model", options->model, "A model file, a training run's folder or a name of `models`")
        ->required();
    command
        ->add_option("data", options->data,
                     "A folder of MIDI files, or one file; for frames a JSON file of piano rolls")
        ->required();
    command
        ->add_option(
            "--protocol", options->protocol,
            "notes: the loss at every token, pooled\n"
            "frames: that of the published data sets, the loss of every frame but the first of each piece, pooled\n"
            "music: takes beside the music of the folder, see docs/results.md\n"
            "conditions: what it is worth to tell the model key, density, style, or what others play")
        ->check(CLI::IsMember({"notes", "frames", "music", "conditions"}))
        ->capture_default_str();
    command->add_option("--split", options->split, "For frames: train, valid or test")
        ->check(CLI::IsMember({"train", "valid", "test"}))
        ->capture_default_str();
    command->add_flag("--fixed-weights", options->fixedWeights,
                      "For frames: the weights do not adapt to the piece that is judged");
    command->add_option("--device", options->device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command->add_option("--pieces", options->pieces, "For conditions: how many at most")
        ->check(wholeNumber(1, 1'000'000))
        ->capture_default_str();
    command->add_flag("--json", options->json, "Print JSON");
    const auto musicOptions = addMusicOptions(*command, options->music);
    onRun(*command, [options, musicOptions] {
        if (options->protocol == "music") {
            return runMusic(*options);
        }
        for (const CLI::Option* option : musicOptions) {
            if (option->count() > 0) {
                throw CLI::ValidationError(fmt::format("{} is for --protocol music", option->get_name()));
            }
        }
        if (options->protocol == "conditions") {
            return runConditions(*options);
        }
        return options->protocol == "frames" ? runFrames(*options) : runNotes(*options);
    });
}

}  // namespace ricercar
