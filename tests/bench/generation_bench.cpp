#include <algorithm>
#include <map>
#include <numeric>

#include <benchmark/benchmark.h>

#include "core/generate/calibration.h"
#include "core/generate/generate.h"
#include "core/model/model.h"
#include "core/model/model_library.h"
#include "core/model/weights.h"
#include "support/random_song.h"

namespace ricercar {

std::vector<const Kernels*> supportedKernels();  // core/model/kernels/kernels.cpp

namespace {

std::filesystem::path bundled() { return findModel("default").value(); }

std::shared_ptr<const Model> houseModel(Precision precision = usualPrecision) {
    static std::map<Precision, std::shared_ptr<const Model>> models;
    auto& model = models[precision];
    return model ? model : model = Model::openIn(precision, bundled()).value();
}

Song busySong() {
    Random random(1);
    Song song;
    while (noteCount(song) < 400) {
        song = randomSong(random);
    }
    return song;
}

void encode(benchmark::State& state) {
    const auto vocabulary = findVocabulary("house-2").value();
    const Song song = busySong();
    std::int64_t tokens = 0;
    while (state.KeepRunning()) {
        tokens += static_cast<std::int64_t>(vocabulary->encode(song).size());
    }
    state.SetItemsProcessed(tokens);
}
BENCHMARK(encode)->Unit(benchmark::kMicrosecond);

/// One step of the decoder for each of `rows` rows, the cache half full: from 64 tokens below to 64 above.
void decodeStep(benchmark::State& state, Precision precision) {
    const auto model = houseModel(precision);
    const auto rows = static_cast<int>(state.range(0));
    const auto half = static_cast<std::size_t>(model->config().context / 2);
    const auto seed = model->decoder(1);
    seed->prefill(std::vector<Token>(half - 64, Token{300}));
    const auto decoder = seed->repeated(rows);
    const std::vector<Token> tokens(static_cast<std::size_t>(rows), Token{300});
    std::vector<int> all(tokens.size());
    std::iota(all.begin(), all.end(), 0);
    std::ranges::for_each(all, [&](int row) { decoder->mark(row); });
    for (int steps = 0; state.KeepRunning(); ++steps) {
        if (steps == 128) {
            steps = 0;
            std::ranges::for_each(all, [&](int row) { decoder->rewind(row); });
        }
        benchmark::DoNotOptimize(decoder->step(all, tokens));
    }
    state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK_CAPTURE(decodeStep, stored, Precision::stored)->Arg(1)->Arg(4)->Arg(8)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(decodeStep, int8, Precision::int8)->Arg(1)->Arg(4)->Arg(8)->Unit(benchmark::kMicrosecond);

/// All matrices of the house model's layers, in each of the ways that this processor knows.
void multiply(benchmark::State& state, const Kernels* run) {
    const NetworkConfig config = houseModel()->config();
    constexpr int mostInputs = 1024;
    const auto rows = static_cast<int>(state.range(0));
    const std::vector<float> scales(mostInputs, 1.0F);
    const std::vector<std::int8_t> x(static_cast<std::size_t>(rows * mostInputs), 1);
    const std::vector<ByteRow> xRows(static_cast<std::size_t>(rows), {1.0F, 0});
    std::vector<float> y(x.size());
    const std::vector<ByteLine> weights(static_cast<std::size_t>(weightCount(config)) / sizeof(ByteLine));
    while (state.KeepRunning()) {
        const std::uint8_t* next = weights.front().bytes;
        for (const TensorSpec& tensor : tensorsOf(config)) {
            if (tensor.shape.size() == 2 && tensor.name != "embedding") {
                const auto outputs = static_cast<int>(tensor.shape[0]);
                const auto inputs = static_cast<int>(tensor.shape[1]);
                run->linearBytes({next, scales.data(), inputs}, x.data(), xRows.data(), y.data(), rows, inputs, outputs,
                                 Onto::nothing);
                next += std::ptrdiff_t{inputs} * outputs;
            }
        }
    }
}
const bool multipliers = [] {
    for (const Kernels* run : supportedKernels()) {
        benchmark::RegisterBenchmark((std::string("multiply/") + run->name).c_str(), multiply, run)
            ->Arg(1)
            ->Arg(8)
            ->Arg(32)
            ->Unit(benchmark::kMicrosecond);
    }
    return true;
}();

/// Of a model whose file the system has in memory.
void openModel(benchmark::State& state) {
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(Model::open(bundled()));
    }
}
BENCHMARK(openModel)->Unit(benchmark::kMillisecond);

/// What one core reads of a buffer larger than the caches: the roof for a decoder whose weights do not fit them.
void readMemory(benchmark::State& state) {
    const std::vector<std::uint64_t> numbers(std::size_t{256} << 17, 1);  // 256 MiB
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::span(numbers).size_bytes()));
}
BENCHMARK(readMemory)->Unit(benchmark::kMillisecond);

/// What a token costs beside the decoder: the mask of the grammar and the draw.
void maskAndDraw(benchmark::State& state) {
    const auto model = houseModel();
    const Vocabulary& vocabulary = model->vocabulary();
    std::vector<TokenKind> kinds;
    for (int token = 0; token < vocabulary.size(); ++token) {
        kinds.push_back(vocabulary.kind(static_cast<Token>(token)));
    }
    const auto tokens = vocabulary.encode(busySong());
    const auto prefix = vocabulary.emptyPrefix();
    for (std::size_t i = 0; i < tokens.size() / 2; ++i) {
        prefix->push(tokens[i]);
    }
    const auto decoder = model->decoder(1);
    const auto logits = decoder->prefill(tokens);
    const std::vector<float> copied(logits.begin(), logits.end());
    std::vector<std::uint8_t> mask(kinds.size());
    Sampler sampler(kinds);
    Random random(1);
    while (state.KeepRunning()) {
        prefix->allowed(mask);
        benchmark::DoNotOptimize(sampler.draw(copied, mask, samplingAt(1.0), random));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(maskAndDraw)->Unit(benchmark::kMicrosecond);

/// From the click to the first token: read a seed of 380 tokens.
void prefill(benchmark::State& state) {
    const std::vector<Token> tokens(380, Token{300});
    while (state.KeepRunning()) {
        const auto decoder = houseModel()->decoder(1);
        benchmark::DoNotOptimize(decoder->prefill(tokens));
    }
    state.SetItemsProcessed(state.iterations() * 380);
}
BENCHMARK(prefill)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ricercar
