#pragma once

#include <string>
#include <vector>

#include "core/analysis/piece_summary.h"

namespace ricercar {

/// A track of a piece, with or without notes.
struct TrackLine {
    std::string name;
    int instrument = 0;  ///< General MIDI program, or `drumKit`
    std::uint64_t notes = 0;
};

/// What `ricercar-engine analyze` tells about a piece.
struct PieceAnalysis {
    std::string title;
    PieceSummary summary;
    std::vector<TrackLine> tracks;   ///< all, in the order in which `generate --tracks` counts them, from 1
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
