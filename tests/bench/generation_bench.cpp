#include <numeric>

#include <benchmark/benchmark.h>

#include "core/generate/calibration.h"
#include "core/generate/generate.h"
#include "core/model/model.h"
#include "support/random_model.h"
#include "support/random_song.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

/// The bundled model's shape with random weights: speed does not depend on what they are.
std::shared_ptr<const Model> houseModel() {
    static const TemporaryFolder folder;
    static const std::shared_ptr<const Model> model = [] {
        NetworkConfig config;  // the defaults are the house model's
        config.vocabularySize = findVocabulary("house-2").value()->size();
        const auto path = folder.path() / "model.safetensors";
        return writeRandomModel(path, config, "house-2").and_then([&] { return Model::open(path); }).value();
    }();
    return model;
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

/// One step of the decoder for each of `range` rows, the cache about half full.
void decodeStep(benchmark::State& state) {
    const auto rows = static_cast<int>(state.range(0));
    const auto decoder = houseModel()->decoder(rows);
    const std::vector<Token> tokens(static_cast<std::size_t>(rows), Token{300});
    std::vector<int> all(tokens.size());
    std::iota(all.begin(), all.end(), 0);
    for (int i = 0; i < 256; ++i) {
        decoder->step(all, tokens);
    }
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(decoder->step(all, tokens));
    }
    state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(decodeStep)->Arg(1)->Arg(4)->Arg(8)->Unit(benchmark::kMicrosecond);

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
