#pragma once

#include "core/engine/services.h"

namespace ricercar {

/// The services of this program. Begins to load libtorch.
Services engineServices();

}  // namespace ricercar
