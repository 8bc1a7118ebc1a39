#include "core/train/judge.h"

#include <limits>

#include "core/train/music.h"

namespace ricercar {

Result<JudgingModel> JudgingModel::open(const std::filesystem::path& path, const NetworkBackend& backend,
                                        const std::string& device) {
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
    auto network = backend.create(config, device, 0);
    if (!network) {
        return tl::make_unexpected(network.error());
    }
    if (const auto loaded = (*network)->load(file->weights, 0); !loaded) {
        return tl::make_unexpected(loaded.error());
    }
    return JudgingModel{file->description, *vocabulary, std::move(*network),
                        config.architecture == Architecture::lstm ? lstmWindow : config.context};
}

Result<Evaluation> judgeModel(const std::filesystem::path& path, const std::filesystem::path& folder,
                              const NetworkBackend& backend, const std::string& device, const ProgressSink& progress,
                              const std::stop_token& stop) {
    constexpr int rows = 8;
    const auto model = JudgingModel::open(path, backend, device);
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    const auto music = loadMusic(folder, model->vocabulary, {}, stop);
    if (!music) {
        return tl::make_unexpected(music.error());
    }
    std::vector<std::span<const Token>> pieces;
    double quarters = 0;
    for (std::size_t index = 0; index < (*music)->size(); ++index) {
        pieces.push_back((*music)->tokens(index));
        quarters += (*music)->piece(index).lengthQuarters;
    }
    const auto batches = evaluationBatches(pieces, model->window, rows, std::numeric_limits<std::size_t>::max());
    auto evaluation = evaluate(*model->network, batches, *model->vocabulary, progress, stop);
    if (evaluation) {
        evaluation->quarters = quarters;
    }
    return evaluation;
}

}  // namespace ricercar
