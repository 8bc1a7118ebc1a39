#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/features.h"
#include "core/analysis/histograms.h"
#include "core/analysis/key_finding.h"

namespace ricercar {

/// Stands for the drum kit where a number names an instrument.
inline constexpr int drumKit = 128;

struct Instrument {
    int number = 0;  ///< General MIDI program, or `drumKit`
    std::uint64_t notes = 0;

    bool operator==(const Instrument&) const = default;
};

std::string instrumentName(int number);

/// One piece in figures. Lengths are up to the end of the last note.
struct PieceSummary {
    std::uint64_t notes = 0;
    int tracks = 0;  ///< with notes
    int emptyTracks = 0;
    double quarters = 0;
    double seconds = 0;
    int bars = 0;  ///< see `barLines`
    std::optional<KeyEstimate> key;
    Meter meter;                          ///< the one in force for the longest time
    std::vector<Instrument> instruments;  ///< by number
    Histograms histograms;
    Features features;

    /// Mean over time; 0 without length.
    double quartersPerMinute() const { return seconds > 0 ? quarters * 60 / seconds : 0; }
    bool onlyDrums() const { return instruments.size() == 1 && instruments.front().number == drumKit; }
};

PieceSummary summarise(const Song& song);

Json toJson(const KeyEstimate& estimate);
Json toJson(const PieceSummary& summary);

}  // namespace ricercar
