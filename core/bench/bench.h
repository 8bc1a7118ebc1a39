#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "core/bench/figure.h"
#include "core/bench/plain_torch.h"
#include "core/engine/services.h"
#include "core/train/network_backend.h"

// What `ricercar-engine bench` measures. Each function takes seconds; a requested stop leaves the rest of its figures
// out.

namespace ricercar {

/// What is compared with; what is not installed is null.
struct Peers {
    const NetworkBackend* torch = nullptr;
    const PlainTorch* plainTorch = nullptr;
};

/// Processor, cores, load, how it multiplies, and the peers.
Json describeMachine(const Peers& peers);

/// GB/s that one core reads of a buffer larger than the caches.
double memoryBandwidth();

/// What one core reads of memory, matrix products on each device, MB/s of MIDI files read.
void measureMachine(const Peers& peers, const FigureSink& sink, const std::stop_token& stop);

/// Opening a model, reading a seed, and tokens of processor time at 1 and at 8 rows that branch off a seed of half the
/// context, on one core. `file` is the model's.
Result<void> measureDecoding(const std::filesystem::path& file, const Peers& peers, const FigureSink& sink,
                             const std::stop_token& stop);

/// Through pipes: from `generate/start` to the first note and to four takes of eight bars, from `job/cancel` to the
/// end; alone and, where there is libtorch, while a model is trained. `file` is the model's; seeds are the examples.
Result<void> measureComposing(const Services& services, const std::filesystem::path& file, const Peers& peers,
                              const FigureSink& sink, const std::stop_token& stop);

/// Tokens a second of `train` with the house preset, in a process of `services.program`.
Result<void> measureTraining(const Services& services, const Peers& peers, const FigureSink& sink,
                             const std::stop_token& stop);

}  // namespace ricercar
