#pragma once

#include <compare>
#include <cstdint>

#include "core/music/track.h"

namespace ricercar {

/// A sound of a sound font.
struct Patch {
    Program program;
    bool drums = false;     ///< `program` is then a drum kit
    std::uint8_t bank = 0;  ///< a variation of the melodic sound; a font that lacks it plays bank 0

    auto operator<=>(const Patch&) const = default;
};

/// What a track begins with.
inline Patch patchOf(const Track& track) { return {track.program(), track.isDrums()}; }

}  // namespace ricercar
