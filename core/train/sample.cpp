#include "core/train/sample.h"

#include "core/edit/bars.h"
#include "core/generate/generate.h"
#include "core/midi/smf_writer.h"

namespace ricercar {

namespace {

constexpr int seedBars = 4;
constexpr int newBars = 8;

}  // namespace

Result<void> writeSample(const std::filesystem::path& modelPath, std::span<const Token> piece,
                         const std::filesystem::path& path) {
    const auto model = Model::open(modelPath);
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    const auto song = decode((*model)->vocabulary(), piece);
    if (!song) {
        return tl::make_unexpected(song.error());
    }
    const Song seed = barsOf(*song, 0, seedBars - 1);
    const auto takes = PreparedSeed::prepare(*model, seed).and_then([](const auto& prepared) {
        GenerateSettings settings;
        settings.bars = newBars;
        settings.takes = 1;
        return generate(*prepared, settings);
    });
    if (!takes) {
        return tl::make_unexpected(takes.error());
    }
    return writeSmfFile(path, joined(seed, takes->front().song));
}

}  // namespace ricercar
