#include <memory>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/corpus/scan.h"
#include "core/frames/frame_data.h"
#include "core/frames/frame_training.h"
#include "core/model/model_library.h"
#include "core/train/backend_loader.h"
#include "core/train/evaluation.h"
#include "core/train/judge.h"

namespace ricercar {

namespace {

struct Options {
    std::string model;
    std::string data;
    std::string protocol = "notes";
    std::string split = "test";
    std::string device = "auto";
    bool json = false;
};

Result<void> runFrames(const Options& options) {
    const std::stop_token stop = interruption();
    const ProgressSink progress = options.json ? ProgressSink() : terminalProgress();
    const auto data = readFrameData(options.data);
    if (!data) {
        return tl::make_unexpected(data.error());
    }
    auto model =
        findModel(options.model).and_then([&](const auto& path) { return FrameModel::open(path, progress, stop); });
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    const auto loss = judgeFrames(*model, data->split(options.split), progress, stop);
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

Result<void> run(const Options& options) {
    if (options.protocol == "frames") {
        return runFrames(options);
    }
    const std::stop_token stop = interruption();
    const auto backend = loadNetworkBackend();
    if (!backend) {
        return tl::make_unexpected(backend.error());
    }
    const auto path = findModel(options.model);
    if (!path) {
        return tl::make_unexpected(path.error());
    }
    const auto evaluation = judgeModel(*path, options.data, **backend, options.device,
                                       options.json ? ProgressSink() : terminalProgress(), stop);
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

}  // namespace

void addEvaluateCommand(CLI::App& engine) {
    auto* command = engine.add_subcommand("evaluate", "Say how well a model foretells music");
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
            "frames: that of the published data sets, the loss of every frame but the first of each piece, pooled")
        ->check(CLI::IsMember({"notes", "frames"}))
        ->capture_default_str();
    command->add_option("--split", options->split, "For frames: train, valid or test")
        ->check(CLI::IsMember({"train", "valid", "test"}))
        ->capture_default_str();
    command->add_option("--device", options->device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
        ->capture_default_str();
    command->add_flag("--json", options->json, "Print JSON");
    onRun(*command, [options] { return run(*options); });
}

}  // namespace ricercar
