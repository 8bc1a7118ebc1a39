#include "core/train/judge.h"

#include <limits>

#include "core/model/model_file.h"
#include "core/train/music.h"

namespace ricercar {

Result<Evaluation> judgeModel(const std::filesystem::path& path, const std::filesystem::path& folder,
                              const NetworkBackend& backend, const std::string& device, const ProgressSink& progress,
                              const std::stop_token& stop) {
    constexpr int rows = 8;
    constexpr int lstmWindow = 1024;
    const auto file = ModelFile::open(path);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const NetworkConfig& config = file->description.network;
    const auto vocabulary = findVocabulary(file->description.vocabulary);
    if (!vocabulary) {
        return tl::make_unexpected(vocabulary.error());
    }
    const auto music = loadMusic(folder, *vocabulary, {}, stop);
    if (!music) {
        return tl::make_unexpected(music.error());
    }
    const auto network = backend.create(config, device, 0);
    if (!network) {
        return tl::make_unexpected(network.error());
    }
    if (const auto loaded = (*network)->load(file->weights, 0); !loaded) {
        return tl::make_unexpected(loaded.error());
    }
    std::vector<std::span<const Token>> pieces;
    double quarters = 0;
    for (std::size_t index = 0; index < (*music)->size(); ++index) {
        pieces.push_back((*music)->tokens(index));
        quarters += (*music)->piece(index).lengthQuarters;
    }
    const int window = config.architecture == Architecture::lstm ? lstmWindow : config.context;
    const auto batches = evaluationBatches(pieces, window, rows, std::numeric_limits<std::size_t>::max());
    auto evaluation = evaluate(**network, batches, **vocabulary, progress, stop);
    if (evaluation) {
        evaluation->quarters = quarters;
    }
    return evaluation;
}

}  // namespace ricercar
