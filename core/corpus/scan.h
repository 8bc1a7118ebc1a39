#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "core/base/files.h"
#include "core/base/progress.h"
#include "core/corpus/examine.h"
#include "core/corpus/scan_report.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

struct ScanSettings {
    std::shared_ptr<const Vocabulary> vocabulary;
    std::filesystem::path cacheFolder = ricercar::cacheFolder();
    ScanLimits limits;
};

/// Reads every MIDI file below `folder` (or the one file that it is), and leaves the tokens of the accepted pieces, in
/// the order of their paths, in one shard below the cache folder: one for each folder, vocabulary and set of limits.
///
/// What is known from the last scan is not read again: a file with the same path, size and time of change, and the
/// content of a file that was moved. When nothing has changed the shard stays untouched. The shard is replaced whole or
/// not at all; a damaged one is made anew, and the report says so. Several scans may run at once, also of one folder.
/// Where the cache cannot be written there is no shard, and the report says why.
///
/// Errors: `folder` does not exist or cannot be read, `stop` was requested; what has been read until then is not read
/// again. A folder without any usable piece is no error here; see `checkAccepted`.
Result<ScanReport> scan(const std::filesystem::path& folder, const ScanSettings& settings,
                        const ProgressSink& progress = {}, const std::stop_token& stop = {});

}  // namespace ricercar
