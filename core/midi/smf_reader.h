#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/music/song.h"

namespace ricercar {

/// A fault of the file that the reader worked around. Each kind is listed once, at the byte where it first occurs; the
/// message says how often it occurs.
struct SmfWarning {
    std::size_t byte;
    std::string message;

    bool operator==(const SmfWarning&) const = default;
};

struct SmfReading {
    Song song;
    std::vector<SmfWarning> warnings;
    int format = 1;  ///< 0, 1 or 2
};

/// Reads a Standard MIDI File (MIDI 1.0 specification, RP-001), bare or in a RIFF RMID wrapper. Whatever the bytes are,
/// the result is a valid song with a warning for each kind of fault, or an error where nothing can be saved: not a MIDI
/// file, a header cut short, a division of 0. Time and memory are linear in the number of bytes.
///
/// - Each channel with events in each track chunk becomes a track under the chunk's name (where the chunk has a name
/// for
///   each of its channels, under its own); a chunk with a name and no channel events becomes an empty track. The name
///   of a first chunk without channel events, and of the chunk of a format 0 file, is the song's title. Names that are
///   not UTF-8 are read as Latin-1.
/// - Program changes for the channel (of the same port, meta event 21) that stand in other chunks also apply to the
///   notes of a track that come before its own first program change.
/// - The patterns of a format 2 file become tracks that all start at tick 0.
/// - A division in SMPTE frames becomes a fixed tempo of 120 or 60 quarters a minute that gives each tick its length;
///   tempo events are then left out.
/// - Nothing is read beyond tick 2^30, two weeks of a usual file.
/// - A note-off ends the oldest sounding note of its pitch; a note without one ends with its chunk.
Result<SmfReading> readSmf(std::span<const std::byte> bytes);

/// The same from a file of at most 256 MiB; errors name the path.
Result<SmfReading> readSmfFile(const std::filesystem::path& path);

}  // namespace ricercar
