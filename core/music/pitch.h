#pragma once

#include <string>
#include <string_view>

#include "core/music/number.h"

namespace ricercar {

/// A key of the keyboard, MIDI 0 to 127; 60 is C4.
using Pitch = BoundedNumber<struct PitchTag, 0, 127>;
/// How hard a key is struck; 0 would be a note-off and cannot be built.
using Velocity = BoundedNumber<struct VelocityTag, 1, 127>;
/// A General MIDI sound, 0 to 127.
using Program = BoundedNumber<struct ProgramTag, 0, 127>;
/// A MIDI channel, 0 to 15. Channel 9 is drums in General MIDI.
using Channel = BoundedNumber<struct ChannelTag, 0, 15>;

inline constexpr Channel drumChannel = Channel::clamped(9);

/// 0 (C) to 11 (B).
constexpr int pitchClass(Pitch pitch) { return pitch.midi() % 12; }
constexpr bool isBlackKey(Pitch pitch) { return ((1 << pitchClass(pitch)) & 0b010101001010) != 0; }

/// "C", "C#" ... "B".
std::string pitchClassName(int pitchClass);
/// "C4" for 60.
std::string pitchName(Pitch pitch);
/// "Acoustic Grand Piano" for 0 (General MIDI 1).
std::string_view programName(Program program);
/// "Bass Drum 1" for 36 (General MIDI 1); empty outside 35 to 81.
std::string_view drumName(Pitch pitch);

}  // namespace ricercar
