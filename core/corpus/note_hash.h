#pragma once

#include "core/base/hash.h"
#include "core/music/song.h"

namespace ricercar {

/// The same for two songs whose notes are the same: onsets counted from the first note, durations, pitches, drums or
/// not. Resolution, tracks, instruments, velocities and tempo make no difference.
ContentHash noteHash(const Song& song);

}  // namespace ricercar
