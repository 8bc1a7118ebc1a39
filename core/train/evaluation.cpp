#include "core/train/evaluation.h"

namespace ricercar {

Json toJson(const Evaluation& evaluation) {
    Json json = {{"natsPerToken", evaluation.natsPerToken()},
                 {"natsPerNote", evaluation.natsPerNote()},
                 {"accuracy", evaluation.accuracy()},
                 {"tokens", evaluation.loss.tokens},
                 {"notes", evaluation.notes}};
    if (evaluation.quarters > 0) {
        json["natsPerQuarter"] = evaluation.natsPerQuarter();
        json["quarters"] = evaluation.quarters;
    }
    return json;
}

Result<Evaluation> evaluate(TrainableNetwork& network, std::span<const TokenBatch> batches,
                            const Vocabulary& vocabulary, const ProgressSink& progress, const std::stop_token& stop) {
    Evaluation evaluation;
    for (std::size_t index = 0; index < batches.size(); ++index) {
        if (stop.stop_requested()) {
            return failure("stopped");
        }
        const auto loss = network.evaluate(batches[index]);
        if (!loss) {
            return tl::make_unexpected(loss.error());
        }
        evaluation.loss += *loss;
        evaluation.notes += noteTargets(batches[index], vocabulary);
        if (progress) {
            progress({static_cast<double>(index + 1) / static_cast<double>(batches.size()),
                      fmt::format("batch {} of {}", index + 1, batches.size())});
        }
    }
    return evaluation;
}

}  // namespace ricercar
