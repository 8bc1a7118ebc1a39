#include "core/train/machine_share.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "core/train/memory.h"
#include "core/train/thread_choice.h"

namespace ricercar {

namespace {

constexpr double gigabyte = 1e9;
constexpr double shareOfFree = 0.5;  // of the memory that others leave

/// Seconds that a step with one row takes with so many threads, on a network that is thrown away.
class TimedStep {
public:
    TimedStep(const NetworkBackend& backend, TrainableNetwork& network, const TokenBatch& example)
        : m_backend(backend), m_network(network), m_row(example.part(0, 1)) {}

    double operator()(int threads) {
        using Clock = std::chrono::steady_clock;
        m_backend.setThreads(threads);
        double shortest = 1e9;
        for (int turn = 0; turn < 3; ++turn) {  // the first one allocates; others may disturb any
            const auto start = Clock::now();
            if (!m_network.train(m_row, {})) {
                return shortest;
            }
            shortest = std::min(shortest, std::chrono::duration<double>(Clock::now() - start).count());
        }
        return shortest;
    }

private:
    const NetworkBackend& m_backend;
    TrainableNetwork& m_network;
    TokenBatch m_row;
};

int chooseThreads(const TrainingSetup& setup, const Workers& workers, const NetworkBackend& backend,
                  const TokenBatch& example) {
    if (setup.settings.threads) {
        return *setup.settings.threads;
    }
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    if (std::getenv("OMP_NUM_THREADS") != nullptr || workers.count() > 1 || cores < 2) {
        return backend.threads();
    }
    const auto network = backend.create(setup.preset.network, "cpu", 1);
    return network ? fastestThreads(cores, TimedStep(backend, **network, example)) : backend.threads();
}

}  // namespace

Result<MachineShare> chooseShare(const TrainingSetup& setup, const Workers& workers, const NetworkBackend& backend,
                                 const TokenBatch& example) {
    const TrainingSettings& settings = setup.settings;
    MachineShare share;
    share.device = settings.device == "auto" ? backend.devices().front() : settings.device;
    share.precision = backend.precision(share.device);
    if (settings.memory) {
        share.memory = static_cast<std::int64_t>(*settings.memory * gigabyte);
    } else if (const auto available = availableMemory(); available && share.device == "cpu") {
        // At least what one window takes: how much others leave is no reason to refuse.
        share.memory = std::max(static_cast<std::int64_t>(shareOfFree * static_cast<double>(*available)),
                                trainingMemory(setup.preset.network, example.length));
    }
    share.rowsAtOnce = example.rows;
    if (share.memory) {
        const auto rows = rowsAtOnce(setup.preset.network, example.length, example.rows, *share.memory);
        if (!rows) {
            return tl::make_unexpected(rows.error());
        }
        share.rowsAtOnce = *rows;
    }
    if (share.device == "cpu") {
        backend.setThreads(chooseThreads(setup, workers, backend, example));
    }
    share.threads = backend.threads();
    return share;
}

Json toJson(const MachineShare& share) {
    Json json = {{"device", share.device},
                 {"precision", share.precision},
                 {"threads", share.threads},
                 {"windowsAtOnce", share.rowsAtOnce}};
    if (share.memory) {
        json["memoryLimit"] = static_cast<double>(*share.memory) / gigabyte;
    }
    return json;
}

}  // namespace ricercar
