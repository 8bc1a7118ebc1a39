#pragma once

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
};

// Each adds a group of methods; docs/protocol.md describes them one by one.

/// `models/list`, `seed/prepare`, `generate/start`.
void addComposing(Dispatcher& dispatcher, const Workshop& workshop);
/// `corpus/scan`, `train/start`, `evaluate`.
void addLearning(Dispatcher& dispatcher, const Workshop& workshop);

}  // namespace ricercar
