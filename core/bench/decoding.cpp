#include <algorithm>
#include <numeric>

#include "core/analysis/comparison.h"
#include "core/bench/bench.h"
#include "core/bench/processor_time.h"

namespace ricercar {

namespace {

constexpr int rounds = 5;
constexpr double secondsOfRound = 0.4;
constexpr int seedTokens = 380;
constexpr Token someToken = 300;

/// The median of some rounds of `work`, which returns a value of its own.
template <typename Work>
double medianOf(Work work) {
    std::vector<double> values(rounds);
    std::ranges::generate(values, work);
    return quantile(std::move(values), 0.5);
}

/// Tokens a second, from 64 tokens below half of the context to 64 above it.
double decoded(const Model& model, int rows) {
    const auto half = static_cast<std::size_t>(model.config().context / 2);
    const auto seed = model.decoder(1);
    seed->prefill(std::vector<Token>(half - 64, someToken));
    const auto decoder = seed->repeated(rows);
    const std::vector<Token> tokens(static_cast<std::size_t>(rows), someToken);
    std::vector<int> all(tokens.size());
    std::iota(all.begin(), all.end(), 0);
    std::ranges::for_each(all, [&](int row) { decoder->mark(row); });
    return medianOf([&] {
        const double start = processorSeconds();
        int steps = 0;
        while (processorSeconds() - start < secondsOfRound) {
            std::ranges::for_each(all, [&](int row) { decoder->rewind(row); });
            for (int step = 0; step < 128; ++step, ++steps) {
                decoder->step(all, tokens);
            }
        }
        return steps * rows / (processorSeconds() - start);
    });
}

/// GB that are read for a token of a single row at half of the context: weights and, of a Transformer, keys and values,
/// in bytes.
double readForToken(const NetworkConfig& network) {
    const auto cache = network.architecture == Architecture::transformer
                           ? std::int64_t{network.layers} * network.context * network.width
                           : 0;
    return static_cast<double>(weightCount(network) + cache) * 1e-9;
}

}  // namespace

Result<void> measureDecoding(const std::filesystem::path& file, const Peers& peers, const FigureSink& sink,
                             const std::stop_token& stop) {
    const auto model = Model::open(file);
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    const auto milliseconds = [](auto work) {
        return medianOf([&] {
            const double start = processorSeconds();
            work();
            return 1e3 * (processorSeconds() - start);
        });
    };
    sink({"opening the model", milliseconds([&] { Model::open(file); }), "ms"});
    sink({fmt::format("reading a seed of {} tokens", seedTokens),
          milliseconds([&] { (*model)->decoder(1)->prefill(std::vector<Token>(seedTokens, someToken)); }), "ms"});
    for (const int rows : {1, 8}) {
        if (stop.stop_requested()) {
            return {};
        }
        Figure figure{fmt::format("decoding, {} at once", rows), decoded(**model, rows), "tokens/s"};
        if (peers.torch != nullptr) {
            const int threads = peers.torch->threads();
            peers.torch->setThreads(1);
            const auto modules = peers.torch->moduleDecodingSpeed(file, rows);
            peers.torch->setThreads(threads);
            if (!modules) {
                return tl::make_unexpected(modules.error());
            }
            figure.peers.push_back({"libtorch's modules", *modules});
        }
        if (peers.plainTorch != nullptr) {
            if (const auto plain = peers.plainTorch->decoded(file, rows)) {
                figure.peers.push_back({"plain PyTorch", *plain});
            }
        }
        sink(figure);
        if (rows == 1) {
            sink({"memory read by decoding",
                  figure.value * readForToken((*model)->config()),
                  "GB/s",
                  {{"reading memory", memoryBandwidth()}}});
        }
    }
    return {};
}

}  // namespace ricercar
