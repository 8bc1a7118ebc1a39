#pragma once

#include <string>
#include <vector>

#include "core/analysis/piece_summary.h"

namespace ricercar {

/// What `ricercar-engine analyze` tells about a piece.
struct PieceAnalysis {
    std::string title;
    PieceSummary summary;
    std::vector<TempoChange> tempi;  ///< as in the song, without the implied 120 at the start
    std::vector<MeterChange> meters;
    std::vector<KeyChange> signatures;  ///< what the file says, which may be wrong
    int ticksPerQuarter = 480;
    std::vector<KeyOfBars> keys;     ///< in a sliding window of bars
    std::vector<ChordCount> chords;  ///< see `chordCounts`
};

/// `windowBars`: the sliding window of the keys, which moves on by half of itself; at least 1.
PieceAnalysis analyse(const Song& song, int windowBars = 8);

Json toJson(const PieceAnalysis& analysis);

/// One screen for people; lines end with '\n'.
std::string reportText(const PieceAnalysis& analysis);

}  // namespace ricercar
