#include <algorithm>

#include "core/bench/bench.h"
#include "core/bench/training_child.h"

namespace ricercar {

Result<void> measureTraining(const Services& services, const Peers& peers, const FigureSink& sink,
                             const std::stop_token& stop) {
    // The first is that of a single step, which also makes room in memory.
    constexpr std::size_t lines = 2;
    const auto speeds = TrainingChild(services.program).speeds(lines, stop);
    if (!speeds || stop.stop_requested()) {
        return speeds ? Result<void>() : tl::make_unexpected(speeds.error());
    }
    Figure figure{"learning, house preset", *std::ranges::max_element(*speeds), "tokens/s"};
    if (peers.plainTorch != nullptr) {
        if (const auto plain = peers.plainTorch->learnt(peers.torch != nullptr ? peers.torch->threads() : 1)) {
            figure.peers.push_back({"plain PyTorch", *plain});
        }
    }
    sink(figure);
    return {};
}

}  // namespace ricercar
