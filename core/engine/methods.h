#pragma once

#include <atomic>

#include "core/engine/jobs.h"
#include "core/engine/rpc/dispatcher.h"
#include "core/engine/rpc/outbox.h"
#include "core/engine/seed_store.h"
#include "core/engine/services.h"

namespace ricercar {

/// What the methods work with; all of it outlives every job.
struct Workshop {
    const Services& services;
    Outbox& outbox;
    Jobs& jobs;
    SeedStore& seeds;
    const std::atomic<bool>& closing;  ///< the engine ends: jobs that stop leave what goes on without it alone
};

// Each adds a group of methods; docs/protocol.md describes them one by one.

/// `models/list`, `seed/prepare`, `generate/start`.
void addComposing(Dispatcher& dispatcher, const Workshop& workshop);
/// `corpus/scan`, `evaluate`.
void addLearning(Dispatcher& dispatcher, const Workshop& workshop);
/// `corpus/offer`, `corpus/send`.
void addSending(Dispatcher& dispatcher, const Workshop& workshop);
/// `train/start`, `train/follow`, `runs/list`, `runs/keep`, `runs/remove`.
void addTraining(Dispatcher& dispatcher, const Workshop& workshop);

}  // namespace ricercar
