#pragma once

#include "core/base/json.h"
#include "core/generate/generate_settings.h"
#include "core/generate/read_seed.h"

namespace ricercar {

/// What `Take::recipe` has: of take `number`, whose `bars` bars are `song`, all that is needed to repeat it.
Json recipeOf(const ReadSeed& seed, const GenerateSettings& settings, int number, int bars, const Song& song);

}  // namespace ricercar
