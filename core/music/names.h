#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/music/key.h"

namespace ricercar {

// Reads the names that people write; case does not matter.

/// "D minor", "Eb major", "f# minor". Errors: no such key.
Result<Key> keyFromText(std::string_view text);

/// "C4" or "60" for middle C, "Bb3", "F#5"; MIDI 0 to 127. Errors: no such pitch.
Result<Pitch> pitchFromText(std::string_view text);

/// A General MIDI program by its number, 0 to 127, or by its name or the beginning of it: "violin", "acoustic bass".
/// Errors: no such program.
Result<Program> programFromText(std::string_view text);

}  // namespace ricercar
