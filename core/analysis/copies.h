#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// Notes of one track that some piece has too, one after the other. Bars count from 0.
struct CopiedRun {
    std::size_t notes = 0;
    // In the song that was asked about.
    int firstBar = 0;
    int lastBar = 0;
    // In one of the pieces that have it.
    std::size_t piece = 0;  ///< by the order in which they were added
    int pieceFirstBar = 0;
    int pieceLastBar = 0;

    int bars() const { return lastBar - firstBar + 1; }
};

/// What a song has in common with the pieces of a `CopyIndex`.
struct Copies {
    std::optional<CopiedRun> longest;  ///< none: not even two notes
    std::vector<bool> inCopy;          ///< of each note of the song: whether it is in a run of `shortestCopy` or more

    std::size_t notes() const { return inCopy.size(); }
    std::size_t copied() const { return static_cast<std::size_t>(std::count(inCopy.begin(), inCopy.end(), true)); }
    double copiedShare() const {
        return inCopy.empty() ? 0 : static_cast<double>(copied()) / static_cast<double>(notes());
    }

    /// Takes in what the same song has in common with further pieces, of which the first is piece `firstPiece` of all.
    void add(const Copies& further, std::size_t firstPiece);
};
inline constexpr std::size_t shortestCopy = 8;

/// Finds what a song copies from many pieces, whatever the key and the tempo. Each track is one line of notes by onset
/// and pitch on the grid of `fineStepsPerQuarter`, of which a run is the same when all steps of it are:
/// - the interval to the note before; for drums the drum itself;
/// - the time since the onset before, in proportion to the last such time that was not 0, to a sixth of an octave; or
///   that the two begin together.
///
/// A suffix array over the steps: it answers what a suffix automaton does in 8 bytes a note. Immutable; may be used by
/// several threads at once.
class CopyIndex {
public:
    class Builder {
    public:
        /// Together fewer than 2^31 notes.
        void add(const Song& piece);
        /// Time linear in the notes, with at most 20 bytes a note while it works.
        CopyIndex finish() &&;

    private:
        friend class CopyIndex;
        struct Line {
            std::size_t begin;  ///< in m_steps
            std::size_t piece;
        };
        std::vector<std::uint16_t> m_steps;  ///< from each note to the next, and an end of line
        std::vector<std::uint16_t> m_bars;   ///< of each note
        std::vector<Line> m_lines;
        std::size_t m_pieces = 0;
    };

    /// What `song` has in common with the pieces but for the piece `except`, which may be the song itself.
    Copies find(const Song& song, std::optional<std::size_t> except = {}) const;

private:
    struct Match {
        std::size_t steps = 0;
        std::size_t place = 0;  ///< in m_pieces
    };

    explicit CopyIndex(Builder pieces);
    Match longestMatch(std::span<const std::uint16_t> steps, std::optional<std::size_t> except) const;
    const Builder::Line& lineAt(std::size_t place) const;

    Builder m_pieces;
    std::vector<std::int32_t> m_order;  ///< see `suffixArray`
};

}  // namespace ricercar
