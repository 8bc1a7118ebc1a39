#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/corpus/scan_report.h"

namespace ricercar {

/// What a scan knows of one file.
struct FileRecord {
    std::string path;
    std::uint64_t bytes = 0;
    std::int64_t modified = 0;
    ContentHash content;
    FileOutcome outcome = FileOutcome::accepted;  ///< of the file by itself: never `duplicate`
    std::string remark;                           ///< reason of the rejection, or what is wrong in an accepted file
    ContentHash notes;                            ///< see `noteHash`; of accepted files only, as is the summary
    PieceSummary summary;
};

/// The records of a scan, which travel as the attachment of the shard.
std::string packLedger(const std::vector<FileRecord>& records);
/// Nothing when the bytes are no ledger of this program's version.
std::optional<std::vector<FileRecord>> unpackLedger(std::span<const std::byte> bytes);

}  // namespace ricercar
