#pragma once

#include "core/music/pitch.h"

namespace ricercar {

/// The sounding pitches that an instrument has, as books on orchestration give them; wide for sounds without a model
/// in the world.
struct Compass {
    Pitch lowest;
    Pitch highest;
};

/// Of a General MIDI sound.
Compass compassOf(Program program);

}  // namespace ricercar
