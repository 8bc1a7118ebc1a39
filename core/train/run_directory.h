#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "core/base/descriptor.h"
#include "core/base/json.h"
#include "core/model/model_file.h"
#include "core/model/model_library.h"
#include "core/train/network_backend.h"

namespace ricercar {

/// Where a training run stands beside its weights.
struct RunState {
    std::int64_t step = 0;
    double seconds = 0;                       ///< spent training
    std::optional<double> baseNatsPerNote;    ///< of the model it goes on from, before the first step
    std::optional<double> bestNatsPerNote;    ///< of the base or what was learnt; none: not evaluated yet
    std::optional<double> lowestNatsPerNote;  ///< of what was learnt alone, which may get worse before it is better
    int sinceLowest = 0;                      ///< evaluations
    std::optional<std::int64_t> judgedStep;   ///< of the last evaluation

    /// Takes note of an evaluation at `step`; whether it is the best so far.
    bool judged(double natsPerNote);
};

/// What a checkpoint says beside the weights.
struct Checkpoint {
    ModelDescription description;
    RunState state;
};

/// The folder of a training run. Every file in it is replaced whole but the metrics, which grow by lines.
class RunDirectory {
public:
    explicit RunDirectory(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    std::filesystem::path config() const { return m_folder / "config.json"; }
    std::filesystem::path metrics() const { return m_folder / "metrics.jsonl"; }
    std::filesystem::path checkpoint() const { return m_folder / "checkpoint.safetensors"; }
    std::filesystem::path best() const { return m_folder / bestModelName; }
    /// The weights of the moment, while a sample of them is made.
    std::filesystem::path latest() const { return m_folder / "latest.safetensors"; }
    std::filesystem::path sample(std::int64_t step) const;

    bool holdsRun() const;
    /// Makes the folder and keeps other processes from training in it as long as the result lives; an error where one
    /// does already.
    Result<Descriptor> lock() const;

    Result<void> writeCheckpoint(const ModelDescription& description, const TrainableNetwork& network,
                                 const RunState& state) const;
    /// In bfloat16.
    Result<void> writeModel(const std::filesystem::path& path, const ModelDescription& description,
                            const TrainableNetwork& network) const;
    /// Adds to what the best model says of itself.
    Result<void> addToCard(const Json& fields) const;
    /// Takes the network back to the checkpoint.
    Result<Checkpoint> readCheckpoint(TrainableNetwork& network) const;
    /// Drops the lines of steps after `step`, which a run that was killed wrote after its last checkpoint.
    Result<void> trimMetrics(std::int64_t step) const;

private:
    std::filesystem::path m_folder;
};

}  // namespace ricercar
