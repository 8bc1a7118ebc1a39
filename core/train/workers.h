#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/train/network_backend.h"

namespace ricercar {

/// This process among those that train one network together, each on its share of every batch: the workers. Worker 0
/// leads: it alone writes the run folder and tells what happens. A process may also be its only worker.
class Workers {
public:
    /// Alone.
    Workers() = default;
    /// Joins the workers that the environment names, as torchrun does (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR,
    /// MASTER_PORT), and waits `seconds` at most until all have come; alone where it names none. Errors: variables that
    /// are wrong or missing; a worker that did not come; stopped; a `batch` too small for all, where it
    /// is known so early.
    static Result<Workers> join(const NetworkBackend& backend, const std::string& device, double seconds,
                                std::optional<int> batch, const std::stop_token& stop);
    /// An error where a step of so many windows is too small for all.
    Result<void> checkBatch(int windows) const;

    bool lead() const { return m_place.rank == 0; }
    int count() const { return m_place.count; }
    /// Whether no other worker of this machine reads the music before.
    bool firstOfMachine() const { return m_place.localRank == 0; }
    /// How often torchrun has started the workers again.
    int restarts() const { return m_place.restarts; }
    /// What the network is made with; null when alone.
    ProcessGroup* group() const { return m_group.get(); }

    // All workers have to make these calls in the same order, and wait in them for each other. The error is that
    // another one is lost.

    /// Adds up, number by number, what all have.
    Result<void> sum(std::span<double> numbers) const;
    /// Gives all what the leading worker has.
    Result<void> share(std::span<double> numbers) const;
    /// Until all have come to this point.
    Result<void> meet() const { return share({}); }
    /// An error where a worker has another text than the leading one.
    Result<void> checkSame(const std::string& text) const;

    /// Every count()-th batch.
    std::vector<TokenBatch> own(std::span<const TokenBatch> batches) const;
    /// The rows of this worker.
    TokenBatch own(const TokenBatch& batch) const;

private:
    WorkerPlace m_place;
    std::unique_ptr<ProcessGroup> m_group;
};

}  // namespace ricercar
