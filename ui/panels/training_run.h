#pragma once

#include <filesystem>
#include <optional>

#include <QString>

#include "core/base/result.h"
#include "ui/engine/engine_messages.h"

namespace ricercar {

/// A training run of the desktop: its folder in `userDataFolder()/runs` and what the engine was asked. The folder stays
/// as long as there is something to go on with, so that a run that was cut off is found again.
struct TrainingRun {
    QString name;  ///< of the run's folder and of the model
    TrainRequest request;

    /// Of a name that no run and no model has yet: `name`, or with a number behind it.
    static TrainingRun make(const QString& name, TrainRequest request);
    /// The newest one.
    static std::optional<TrainingRun> findUnfinished();

    std::filesystem::path folder() const;
    std::filesystem::path metrics() const { return folder() / "metrics.jsonl"; }
    std::filesystem::path best() const { return folder() / "best.safetensors"; }
    /// Whether there is something to go on from.
    bool canResume() const;
    bool hasModel() const;

    /// Before it is begun.
    Result<void> store() const;
    /// Puts the best model among the user's, whole or not at all; its file. Takes long.
    Result<QString> keepModel() const;
    /// Removes the folder.
    void remove() const;
};

}  // namespace ricercar
