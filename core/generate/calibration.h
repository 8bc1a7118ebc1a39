#pragma once

#include "core/generate/sampler.h"

namespace ricercar {

/// What the user may choose as a temperature.
inline constexpr double lowestTemperature = 0.05;
inline constexpr double highestTemperature = 2;

/// What the temperature that a user chooses does to each kind of token. 1 is the model's own distribution, gently cut
/// by min-p. Below, rhythm is cooler than pitch and structure, whose every mistake costs a bar, cooler still, but none
/// so cold that the likeliest token always wins: a take stays close to the seed and does not freeze. Above, pitch grows
/// boldest; rhythm and structure hold it together, and min-p rises, so that heat chooses among more of what fits and
/// never among all there is. Every number rises with `temperature`, but for top-p, which is 1 throughout.
Sampling samplingAt(double temperature);

}  // namespace ricercar
