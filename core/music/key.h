#pragma once

#include <array>
#include <compare>
#include <string>

#include "core/music/pitch.h"
#include "core/music/time.h"

namespace ricercar {

enum class Mode { major, minor };

struct Key {
    int tonic = 0;  ///< pitch class, 0 (C) to 11 (B)
    Mode mode = Mode::major;

    auto operator<=>(const Key&) const = default;
    std::string text() const;  ///< "D minor", "Eb major"
    /// Whether the pitch class is in the scale (natural minor for minor keys).
    bool contains(int pitchClass) const;
};

/// A key signature as MIDI files write it.
struct KeyChange {
    Tick tick;
    int sharps = 0;  ///< -7 (seven flats) to 7
    bool minor = false;

    bool operator==(const KeyChange&) const = default;
    Key key() const;
};

}  // namespace ricercar
