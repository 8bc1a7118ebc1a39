#include "core/frames/frame_training.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "core/base/files.h"
#include "core/base/random.h"
#include "core/frames/frame_data.h"
#include "core/train/run_directory.h"

namespace ricercar {

namespace {

/// A model of the keys that sound in `pieces`.
Result<FrameModel> newModel(const std::vector<FramePiece>& pieces) {
    int lowest = keyCount;
    int highest = -1;
    for (const FramePiece& piece : pieces) {
        for (const Frame& frame : piece) {
            lowest = std::min(lowest, frame.nextUp(0));
            highest = std::max(highest, frame.nextDown(keyCount - 1));
        }
    }
    if (highest < 0) {
        return failure("its split \"train\" has no notes");
    }
    return FrameModel(lowest, highest);
}

/// Calls `pass` for the pieces in `order`, and adds up their losses.
template <typename Pass>
Result<FrameLoss> overPieces(const std::vector<FramePiece>& pieces, std::span<const std::size_t> order,
                             const std::string& what, const ProgressSink& progress, const std::stop_token& stop,
                             Pass pass) {
    FrameLoss loss;
    for (std::size_t place = 0; place < order.size(); ++place) {
        if (stop.stop_requested()) {
            return failure("stopped");
        }
        loss += pass(pieces[order[place]]);
        if (progress) {
            progress({static_cast<double>(place + 1) / static_cast<double>(order.size()),
                      fmt::format("{} piece {} of {}, {:.3f} nats a frame", what, place + 1, order.size(),
                                  loss.perFrame())});
        }
    }
    return loss;
}

std::vector<std::size_t> inOrder(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

}  // namespace

Result<FrameTrainingOutcome> trainFrames(const FrameTrainingSettings& settings, const ProgressSink& progress,
                                         const std::stop_token& stop) {
    const RunDirectory directory(settings.run);
    const auto data = readFrameData(settings.data);
    if (!data) {
        return tl::make_unexpected(data.error());
    }
    auto model = newModel(data->train);
    if (!model) {
        return failure("{}: {}", settings.data.string(), model.error().message);
    }
    const auto lock = directory.lock();
    if (!lock) {
        return tl::make_unexpected(lock.error());
    }
    if (directory.holdsRun()) {
        return failure("{} already holds a training run; choose another folder", settings.run.string());
    }
    const auto started = std::chrono::steady_clock::now();
    const auto seconds = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    };
    std::string metrics;
    for (int epoch = 0; epoch < settings.epochs; ++epoch) {
        auto order = inOrder(data->train.size());
        Random::forStream(settings.rng, static_cast<std::uint64_t>(epoch)).shuffle(std::span(order));
        model->forgetPieces();
        const auto loss = overPieces(data->train, order, fmt::format("pass {} of {},", epoch + 1, settings.epochs),
                                     progress, stop, [&](const FramePiece& piece) { return model->learn(piece); });
        if (!loss) {
            return tl::make_unexpected(loss.error());
        }
        metrics += Json{{"event", "epoch"},
                        {"epoch", epoch + 1},
                        {"seconds", seconds()},
                        {"trainNatsPerFrame", loss->perFrame()}}
                       .dump() +
                   "\n";
    }
    FrameTrainingOutcome outcome{directory.best(), {}, model->weightCount(), seconds()};
    const auto valid = judgeFrames(*model, data->valid, false, progress, stop);
    if (!valid) {
        return tl::make_unexpected(valid.error());
    }
    outcome.valid = *valid;
    metrics +=
        Json{{"event", "evaluation"}, {"seconds", seconds()}, {"validNatsPerFrame", valid->perFrame()}}.dump() + "\n";
    const Json config = {
        {"data", settings.data.string()}, {"preset", "frames"}, {"rng", settings.rng}, {"epochs", settings.epochs}};
    Json card = settings.card;
    card["heldOutNumbers"] = {{"natsPerFrame", valid->perFrame()}, {"frames", valid->frames}};
    return model->write(outcome.model, card)
        .and_then([&] { return writeFileAtomically(directory.metrics(), metrics); })
        .and_then([&] { return writeFileAtomically(directory.config(), config.dump(2) + "\n"); })
        .map([&] { return outcome; });
}

Result<FrameLoss> judgeFrames(FrameModel& model, const std::vector<FramePiece>& pieces, bool fixedWeights,
                              const ProgressSink& progress, const std::stop_token& stop) {
    return overPieces(pieces, inOrder(pieces.size()), "judging", progress, stop,
                      [&](const FramePiece& piece) { return model.judge(piece, fixedWeights); });
}

}  // namespace ricercar
