#include "core/corpus/examine.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/corpus/folder_listing.h"
#include "core/corpus/note_hash.h"
#include "core/midi/smf_reader.h"

namespace ricercar {

namespace {

/// Why the limits refuse a song, if they do.
std::optional<std::pair<FileOutcome, std::string>> refusal(const Song& song, const ScanLimits& limits) {
    const std::size_t notes = noteCount(song);
    if (notes == 0) {
        return std::pair(FileOutcome::noNotes, "there is no note in it");
    }
    if (notes < limits.minNotes) {
        return std::pair(FileOutcome::tooShort, fmt::format("{} of at least {} notes", notes, limits.minNotes));
    }
    const Tick end = lastNoteEnd(song);
    const double minutes = tempoMap(song).secondsAt(end) / 60;
    if (minutes > limits.maxMinutes) {
        return std::pair(FileOutcome::tooLong, fmt::format("{:.0f} of at most {} minutes", minutes, limits.maxMinutes));
    }
    const double quarters = static_cast<double>(end.value) / song.ticksPerQuarter;
    if (quarters > limits.maxQuarters) {
        return std::pair(FileOutcome::tooLong,
                         fmt::format("{:.0f} of at most {} quarter notes", quarters, limits.maxQuarters));
    }
    const bool drumsOnly = std::all_of(song.tracks.begin(), song.tracks.end(),
                                       [](const auto& track) { return track->isDrums() || track->notes.empty(); });
    if (drumsOnly && !limits.acceptOnlyDrums) {
        return std::pair(FileOutcome::onlyDrums, "all notes are drums");
    }
    return std::nullopt;
}

std::string faultText(const std::vector<SmfWarning>& warnings) {
    if (warnings.empty()) {
        return {};
    }
    const std::string more = warnings.size() > 1 ? fmt::format(" (and {} more)", warnings.size() - 1) : "";
    return fmt::format("byte {}: {}{}", warnings.front().byte, warnings.front().message, more);
}

}  // namespace

std::optional<Song> examine(std::span<const std::byte> bytes, const ScanLimits& limits, FileRecord& record) {
    auto reading = readSmf(bytes);
    if (!reading) {
        record.outcome = beginsLikeMidi(bytes) ? FileOutcome::broken : FileOutcome::notMidi;
        record.remark = bytes.empty() ? "the file is empty" : reading.error().message;
        return std::nullopt;
    }
    Song& song = reading->song;
    record.remark = faultText(reading->warnings);
    if (const auto refused = refusal(song, limits)) {
        const bool unreadNotes = refused->first == FileOutcome::noNotes && !record.remark.empty();
        record.outcome = unreadNotes ? FileOutcome::broken : refused->first;
        record.remark = record.remark.empty() ? refused->second : refused->second + "; " + record.remark;
        return std::nullopt;
    }
    record.outcome = FileOutcome::accepted;
    record.summary = summarise(song);
    record.notes = noteHash(song);
    std::erase_if(song.tracks, [](const auto& track) { return track->notes.empty(); });
    return std::move(song);
}

}  // namespace ricercar
