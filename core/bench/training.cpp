#include <algorithm>

#include "core/bench/bench.h"
#include "core/bench/training_child.h"

namespace ricercar {

Result<void> measureTraining(const Services& services, const Peers& peers, const FigureSink& sink,
                             const std::stop_token& stop) {
    // The first is that of a single step, which also makes room in memory.
    constexpr std::size_t lines = 2;
    const int threads = peers.torch != nullptr ? peers.torch->threads() : 1;
    const auto speeds = TrainingChild(services.program, threads).speeds(lines, stop);
    if (!speeds || stop.stop_requested()) {
        return speeds ? Result<void>() : tl::make_unexpected(speeds.error());
    }
    Figure figure{"learning, house preset", *std::ranges::max_element(*speeds), "tokens/s"};
    if (peers.plainTorch != nullptr) {
        const std::string precision = peers.torch != nullptr ? peers.torch->precision("cpu") : "float32";
        if (const auto plain = peers.plainTorch->learnt(threads, precision)) {
            figure.peers.push_back({"plain PyTorch, " + precision, *plain});
        }
    }
    sink(figure);
    return {};
}

}  // namespace ricercar
