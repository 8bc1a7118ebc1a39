#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/base/result.h"
#include "core/model/network.h"

namespace ricercar {

/// Bytes of main memory that this process has at the moment.
std::int64_t usedMemory();
/// Bytes that programs could still take without the system swapping; none where the system does not say.
std::optional<std::int64_t> availableMemory();

/// About how many bytes a training process has in all while it computes `tokens` at once on the processor: measured on
/// the presets, rounded up.
std::int64_t trainingMemory(const NetworkConfig& config, std::int64_t tokens);

/// How many of a batch's `rows` windows may be computed at once in `limit` bytes. The error is that not even one may,
/// and what it takes.
Result<int> rowsAtOnce(const NetworkConfig& config, int window, int rows, std::int64_t limit);

}  // namespace ricercar
