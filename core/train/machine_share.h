#pragma once

#include "core/base/json.h"
#include "core/train/network_backend.h"
#include "core/train/training_setup.h"
#include "core/train/workers.h"

namespace ricercar {

/// What a run uses of its machine.
struct MachineShare {
    std::string device;
    std::string precision;  ///< of products of matrices
    int threads = 1;
    std::optional<std::int64_t> memory;  ///< bytes at most; none: of a GPU, or not known
    int rowsAtOnce = 0;                  ///< see `StepSettings`
};

/// Chosen at the start of a run: on the processor so many windows at once as fit into the memory that the settings
/// allow, and so many threads as are fastest at the moment, unless the settings or OMP_NUM_THREADS say how many; sets
/// the backend's threads. `example` is a step's batch of this worker. Errors: too little memory for one window.
Result<MachineShare> chooseShare(const TrainingSetup& setup, const Workers& workers, const NetworkBackend& backend,
                                 const TokenBatch& example);

/// For the event `start`.
Json toJson(const MachineShare& share);

}  // namespace ricercar
