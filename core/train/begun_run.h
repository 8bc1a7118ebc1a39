#pragma once

#include "core/train/run_directory.h"
#include "core/train/training.h"

namespace ricercar {

/// Errors: there is no run in `directory` to resume, or another in the place of a new one.
Result<void> checkFolder(const RunDirectory& directory, const TrainingSettings& settings);

/// Gives `settings` what the run in `directory` was begun with, and returns its configuration as a whole. Errors: it
/// cannot be read; `settings` ask for something else. Minutes and epochs may be others, and are taken over where
/// neither is given.
Result<Json> takeOverBegun(const RunDirectory& directory, TrainingSettings& settings);

/// Errors: the run that was begun with the configuration `begun` would go on with other music or in another way, with
/// `now`.
Result<void> checkUnchanged(const TrainingSettings& settings, const Json& begun, const Json& now);

}  // namespace ricercar
