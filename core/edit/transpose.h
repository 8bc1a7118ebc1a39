#pragma once

#include "core/music/song.h"

namespace ricercar {

/// `song` moved by `semitones`, key signatures included; drums stay. A note that would leave the range of MIDI comes
/// back by octaves.
Song transposed(const Song& song, int semitones);

}  // namespace ricercar
