#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/corpus/ledger.h"

namespace ricercar {

/// Which pieces are accepted.
struct ScanLimits {
    std::uint64_t minNotes = 8;
    double maxMinutes = 60;
    double maxQuarters = 20'000;
    std::uint64_t maxBytes = 32U << 20U;  ///< of the file
    bool acceptOnlyDrums = true;
};

/// Reads a MIDI file and decides on it: sets the outcome and remark of `record` and, if it is accepted, its notes and
/// summary. Returns the accepted song, without its empty tracks.
std::optional<Song> examine(std::span<const std::byte> bytes, const ScanLimits& limits, FileRecord& record);

}  // namespace ricercar
