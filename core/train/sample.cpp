#include "core/train/sample.h"

#include "core/edit/bars.h"
#include "core/generate/generate.h"
#include "core/midi/smf_writer.h"

namespace ricercar {

Result<Song> continuation(const std::shared_ptr<const Model>& model, const Song& piece, int bars,
                          const std::stop_token& stop) {
    return PreparedSeed::prepare(model, barsOf(piece, 0, sampleSeedBars - 1))
        .and_then([&](const auto& prepared) {
            GenerateSettings settings;
            settings.bars = bars;
            settings.takes = 1;
            return generate(*prepared, settings, {}, stop);
        })
        .and_then([&](const std::vector<Take>& takes) -> Result<Song> {
            if (stop.stop_requested()) {  // the take may be cut short
                return failure("stopped");
            }
            if (takes.empty()) {
                return failure("the model wrote nothing but silence");
            }
            return takes.front().song;
        });
}

Result<void> writeSample(const std::filesystem::path& modelPath, std::span<const Token> piece,
                         const std::filesystem::path& path) {
    constexpr int newBars = 8;
    const auto model = Model::open(modelPath);
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    return decode((*model)->vocabulary(), piece).and_then([&](const Song& song) {
        return continuation(*model, song, newBars).and_then([&](const Song& take) {
            return writeSmfFile(path, joined(barsOf(song, 0, sampleSeedBars - 1), take));
        });
    });
}

}  // namespace ricercar
