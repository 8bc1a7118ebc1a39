#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/music/key.h"
#include "core/music/meter_map.h"
#include "core/music/tempo_map.h"
#include "core/music/track.h"

namespace ricercar {

/// A piece of music: plain data. Shared as `std::shared_ptr<const Song>` and never changed once shared; an edit makes a
/// new song that shares the tracks it did not touch.
struct Song {
    int ticksPerQuarter = 480;  ///< 1 to 32767
    std::string title;
    std::vector<std::shared_ptr<const Track>> tracks;  ///< never null
    std::vector<TempoChange> tempi;                    ///< sorted; 120 quarters a minute before the first
    std::vector<MeterChange> meters;                   ///< sorted; 4/4 before the first
    std::vector<KeyChange> keys;                       ///< sorted; what the file says, which may be wrong or nothing
    Tick end;                                          ///< end of the last track; not before the end of any note

    bool operator==(const Song& other) const;  ///< compares the tracks themselves, not their addresses
};

TempoMap tempoMap(const Song& song);
MeterMap meterMap(const Song& song);
std::size_t noteCount(const Song& song);
double lengthSeconds(const Song& song);
/// Bars up to `song.end`, a started bar counted as whole; 0 for an empty song.
int barCount(const Song& song);
/// The latest end of a note; 0 without notes.
Tick lastNoteEnd(const Song& song);

}  // namespace ricercar
