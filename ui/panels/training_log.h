#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <QPointF>
#include <QString>

#include "core/base/json.h"

namespace ricercar {

/// What the lines of a training run (`train/progress` in docs/protocol.md, metrics.jsonl) have said so far.
struct TrainingLog {
    std::vector<QPointF> train;  ///< step, nats per note
    std::vector<QPointF> valid;  ///< of held-out music
    std::optional<double> bestValid;
    double fraction = 0;
    double secondsLeft = 0;
    double tokensPerSecond = 0;
    QString activity;  ///< before the first step: "file 120 of 8500"
    QString sample;    ///< the newest sample's file
    QString reason;    ///< why it ended

    void add(const Json& event);
    /// Of a run that was begun earlier; empty where there is none.
    static TrainingLog fromFile(const std::filesystem::path& metrics);
};

/// "3 min left", "40 s left".
QString timeLeft(double seconds);

}  // namespace ricercar
