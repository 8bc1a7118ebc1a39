#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "core/base/result.h"
#include "core/music/song.h"

namespace ricercar {

/// Whether a track is written: it has notes, changes or a name.
bool holdsAnything(const Track& track);

/// `song` as a Standard MIDI File of format 1: a conductor chunk (title, tempi, time and key signatures, with the
/// defaults of 120 quarters a minute and 4/4 at tick 0 where the song has none there), then one chunk for each track
/// (of at most 65534) that holds anything. All chunks end at `song.end`; in songs of more than 2^28 ticks only the
/// conductor has to.
///
/// Tracks keep their channels. Where tracks with other program changes want the same one, the later track moves to a
/// channel that no track wants (never to the drum channel); when there is none, it stays on a further port (meta event
/// 21), which readers that do not know ports play on the same channel.
std::vector<std::byte> writeSmf(const Song& song);

/// Replaces the file whole or not at all.
Result<void> writeSmfFile(const std::filesystem::path& path, const Song& song);

}  // namespace ricercar
