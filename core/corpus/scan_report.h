#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/piece_summary.h"

namespace ricercar {

/// What becomes of a file.
enum class FileOutcome : std::uint8_t {
    accepted,
    notMidi,
    broken,
    noNotes,
    tooShort,
    tooLong,
    onlyDrums,
    duplicate,
    unreadable
};

/// "accepted", "not MIDI", "broken", ...
std::string_view outcomeName(FileOutcome outcome);

/// A file and what is to be said about it.
struct FileRemark {
    std::string path;  ///< relative to the folder
    std::string text;

    bool operator==(const FileRemark&) const = default;
};

/// What a scan found. Everything from `notes` on is about the accepted pieces.
struct ScanReport {
    std::filesystem::path folder;  ///< as it was named
    std::filesystem::path shard;   ///< the tokens of the accepted pieces, see `TokenShard`; empty when not written
    std::string vocabulary;
    std::string cacheRemark;                                  ///< why the cache was made anew or not written, or empty
    std::string writeFault;                                   ///< why it was not written, or empty
    std::uint64_t midiFiles = 0;                              ///< by name or by content, rejected ones included
    std::uint64_t otherFiles = 0;                             ///< that do not look like MIDI
    std::uint64_t filesRead = 0;                              ///< the rest was known from an earlier scan
    std::map<FileOutcome, std::vector<FileRemark>> rejected;  ///< with the reason
    std::vector<FileRemark> faulty;                           ///< accepted although something is wrong in them
    double scanSeconds = 0;

    std::uint64_t accepted = 0;
    std::uint64_t notes = 0;
    std::uint64_t tokens = 0;
    double seconds = 0;
    std::uint64_t emptyTracks = 0;  ///< dropped
    Histograms histograms;
    // How many pieces have each.
    std::map<std::string, std::uint64_t> keys;
    std::map<int, std::uint64_t> tempi;  ///< by tens of quarters a minute: 120 holds 120 to 129
    std::map<std::string, std::uint64_t> meters;
    std::map<int, std::uint64_t> instruments;  ///< see `Instrument::number`
    Features features;                         ///< mean over the pieces
};

/// Counts an accepted piece; `tokens` and `features` are set by the scan.
void addPiece(ScanReport& report, const PieceSummary& piece);

/// An error, in one sentence, when no piece was accepted: the folder is empty, has no MIDI files, or all are rejected.
Result<void> checkAccepted(const ScanReport& report);
/// The same, and an error where the tokens could not be written: what training needs.
Result<void> checkUsable(const ScanReport& report);

Json toJson(const ScanReport& report);

/// For people; lines end with '\n'. At most `names` files are named for each outcome.
std::string reportText(const ScanReport& report, std::size_t names = 3);

}  // namespace ricercar
