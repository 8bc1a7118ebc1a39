#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/midi/smf_warnings.h"
#include "core/music/song.h"

namespace ricercar {

/// What a track chunk holds for itself.
struct TrackChunk {
    std::vector<std::string> names;  ///< as they come; nearly always one
    int port = 0;
    std::vector<Track> tracks;  ///< one for each channel with events, by channel
    Tick end;
    std::size_t stop = 0;   ///< the byte after the last one read
    bool complete = false;  ///< whether it has its end-of-track event
};

/// Where to look for the events of a chunk.
struct ChunkExtent {
    std::size_t begin;
    std::size_t end;
    bool stopsAtNextTrack;  ///< whether the header of a further track chunk ends it too
};

/// Whether the header of a track chunk stands at byte `at`.
bool startsTrack(std::span<const std::uint8_t> file, std::size_t at);

/// Reads events up to the end-of-track event or the end of `extent`, in one pass. Tempi (unless `ignoresTempo`), time
/// and key signatures are appended to `song`.
TrackChunk readTrackChunk(std::span<const std::uint8_t> file, ChunkExtent extent, bool ignoresTempo, Song& song,
                          SmfWarnings& warnings);

}  // namespace ricercar
