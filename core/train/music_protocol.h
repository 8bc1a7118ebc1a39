#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "core/base/progress.h"
#include "core/model/model.h"
#include "core/train/music_report.h"

namespace ricercar {

/// Draws takes after seeds from the pieces of `folder`, and from nothing, and measures them and the pieces. Both are
/// measured as the model's vocabulary holds them. The same settings give the same report. When `stop` is requested the
/// report is about the takes that are whole; an error where there is none.
///
/// Errors: no usable piece in `folder` or none with as many bars as seed and take have together; those of `generate`.
Result<MusicReport> compareMusic(const std::shared_ptr<const Model>& model, const std::filesystem::path& folder,
                                 const MusicSettings& settings, const ProgressSink& progress = {},
                                 const std::stop_token& stop = {});

}  // namespace ricercar
