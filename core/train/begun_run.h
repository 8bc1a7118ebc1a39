#pragma once

#include "core/train/run_directory.h"
#include "core/train/training.h"

namespace ricercar {

/// Gives `settings` what the run in `directory` was begun with, and returns its configuration as a whole. Errors: it
/// cannot be read; `settings` ask for something else. Minutes and epochs may be others, and are taken over where
/// neither is given.
Result<Json> takeOverBegun(const RunDirectory& directory, TrainingSettings& settings);

}  // namespace ricercar
