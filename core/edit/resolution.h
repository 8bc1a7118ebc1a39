#pragma once

#include "core/music/song.h"

namespace ricercar {

/// `song` with `ticksPerQuarter` (1 to 32767) and every moment at the nearest tick. A note that has a length keeps at
/// least one tick.
Song withResolution(const Song& song, int ticksPerQuarter);

}  // namespace ricercar
