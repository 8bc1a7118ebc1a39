#pragma once

#include <optional>

namespace ricercar {

/// The sample rate of the running JACK server (or PipeWire in its place); nothing when none runs. Unlike FluidSynth's
/// driver it never starts one.
std::optional<double> jackSampleRate();

}  // namespace ricercar
