#pragma once

#include <functional>
#include <stop_token>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/train/network_backend.h"
#include "core/train/windows.h"

namespace ricercar {

/// How well a network foretells music that it did not learn from.
struct Evaluation {
    BatchLoss loss;
    std::int64_t notes = 0;
    double quarters = 0;  ///< length of the music; 0 where it is not known

    double natsPerToken() const { return loss.nats / static_cast<double>(std::max<std::int64_t>(1, loss.tokens)); }
    double natsPerNote() const { return loss.nats / static_cast<double>(std::max<std::int64_t>(1, notes)); }
    double natsPerQuarter() const { return quarters > 0 ? loss.nats / quarters : 0; }
    double accuracy() const {
        return static_cast<double>(loss.correct) / static_cast<double>(std::max<std::int64_t>(1, loss.tokens));
    }
};

Json toJson(const Evaluation& evaluation);

/// The loss at every position of `batches`, pooled. Stops with an error when `stop` is requested.
Result<Evaluation> evaluate(TrainableNetwork& network, std::span<const TokenBatch> batches,
                            const Vocabulary& vocabulary, const ProgressSink& progress = {},
                            const std::stop_token& stop = {});

}  // namespace ricercar
