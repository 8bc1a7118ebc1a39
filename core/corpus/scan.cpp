#include "core/corpus/scan.h"

#include <chrono>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/corpus/folder_listing.h"
#include "core/corpus/known_files.h"
#include "core/corpus/shard.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

/// One for each folder, vocabulary and set of limits.
fs::path shardPath(const fs::path& folder, const ScanSettings& settings) {
    std::error_code ignored;
    const ScanLimits& limits = settings.limits;
    const std::string identity =
        fmt::format("{}\n{}\n{} {} {} {} {}", fs::weakly_canonical(fs::absolute(folder, ignored), ignored).string(),
                    settings.vocabulary->name(), limits.minNotes, limits.maxMinutes, limits.maxQuarters,
                    limits.maxBytes, limits.acceptOnlyDrums);
    return settings.cacheFolder / "corpus" / (contentHash(identity).hex() + std::string(shardExtension));
}

/// Tells which of the pieces asked for, one after the other, is the first with its notes.
class Originals {
public:
    /// The path of the first piece with the notes of `record`: its own when it is the first itself.
    const std::string& like(const FileRecord& record) {
        return m_paths.try_emplace(record.notes, record.path).first->second;
    }
    bool has(const ContentHash& notes) const { return m_paths.contains(notes); }

private:
    std::unordered_map<ContentHash, std::string> m_paths;
};

/// The record, as one of `file`.
FileRecord placed(FileRecord record, const ListedFile& file) {
    record.path = file.path;
    record.bytes = file.bytes;
    record.modified = file.modified;
    return record;
}

class Scan {
public:
    Scan(const fs::path& folder, const ScanSettings& settings) : m_settings(settings) {
        m_report.folder = folder;
        m_report.vocabulary = settings.vocabulary->name();
        m_report.shard = shardPath(folder, settings);
    }

    Result<ScanReport> run(const ProgressSink& progress, const std::stop_token& stop);

private:
    Result<void> rewriteShard(const FolderListing& listing, const ProgressSink& progress, const std::stop_token& stop);
    FileRecord recordOf(const ListedFile& file, std::optional<Song>& song);
    bool canReuse(const FileRecord& known) const;
    void report(const std::vector<FileRecord>& records);

    const ScanSettings& m_settings;
    fs::path m_root;
    KnownFiles m_known;
    Originals m_originals;
    std::vector<FileRecord> m_records;
    ScanReport m_report;
};

Result<ScanReport> Scan::run(const ProgressSink& progress, const std::stop_token& stop) {
    const auto start = std::chrono::steady_clock::now();
    const auto listing = listFolder(m_report.folder);
    if (!listing) {
        return tl::make_unexpected(listing.error());
    }
    m_report.otherFiles = listing->otherFiles;
    if (auto known = KnownFiles::open(m_report.shard, m_report.vocabulary)) {
        m_known = std::move(*known);
    } else {
        m_report.cacheRemark = "the cache was made anew: " + known.error().message;
    }
    if (m_known.holdsAll(listing->files)) {
        m_report.tokens = m_known.tokenCount();
        report(m_known.records());
    } else if (auto written = rewriteShard(*listing, progress, stop); written) {
        report(m_records);
    } else {
        return tl::make_unexpected(written.error());
    }
    m_report.scanSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::move(m_report);
}

/// A cache that cannot be written costs the next scan time and this one nothing. When stopped, what has been read and
/// what is still known from the last scan is kept for the next one.
Result<void> Scan::rewriteShard(const FolderListing& listing, const ProgressSink& progress,
                                const std::stop_token& stop) {
    m_root = listing.root;
    std::optional<ShardWriter> writer;
    const auto giveUp = [&](const Error& error) {
        writer.reset();
        m_report.shard.clear();
        m_report.cacheRemark = "nothing is kept for the next time: " + error.message;
        m_report.writeFault = error.message;
    };
    if (auto created = ShardWriter::create(m_report.shard, m_report.vocabulary)) {
        writer = std::move(*created);
    } else {
        giveUp(created.error());
    }
    std::size_t done = 0;
    for (const ListedFile& file : listing.files) {
        const bool stopped = stop.stop_requested();
        if (stopped && m_known.unchanged(file) == nullptr) {
            continue;
        }
        std::optional<Song> song;
        const FileRecord& record = m_records.emplace_back(recordOf(file, song));
        if (record.outcome == FileOutcome::accepted && m_originals.like(record) == record.path) {
            const std::vector<Token> fresh = song ? m_settings.vocabulary->encode(*song) : std::vector<Token>();
            const auto tokens = song ? std::span(fresh) : *m_known.tokens(record.content);
            m_report.tokens += tokens.size();
            const PieceSummary& summary = record.summary;
            const ShardPiece piece{record.path, record.content, summary.notes, summary.quarters, summary.seconds};
            if (const auto added = writer ? writer->add(piece, tokens) : Result<void>(); !added) {
                giveUp(added.error());
            }
        }
        done += stopped ? 0 : 1;
        if (progress && !stopped) {
            progress({static_cast<double>(done) / static_cast<double>(listing.files.size()),
                      fmt::format("file {} of {}", done, listing.files.size())});
        }
    }
    const std::string ledger = packLedger(m_records);
    if (const auto written = writer ? writer->finish(std::as_bytes(std::span(ledger))) : Result<void>(); !written) {
        giveUp(written.error());
    }
    return done == listing.files.size() ? Result<void>()
                                        : failure("stopped after {} of {} files", done, listing.files.size());
}

/// Sets `song` when the file is accepted and its tokens are not known.
FileRecord Scan::recordOf(const ListedFile& file, std::optional<Song>& song) {
    if (const FileRecord* known = m_known.unchanged(file); known != nullptr && canReuse(*known)) {
        return *known;
    }
    FileRecord record = placed({}, file);
    const auto reject = [&](FileOutcome outcome, std::string reason) {
        record.outcome = outcome;
        record.remark = std::move(reason);
        return record;
    };
    if (!file.problem.empty()) {
        return reject(FileOutcome::unreadable, file.problem);
    }
    if (file.bytes > m_settings.limits.maxBytes) {
        return reject(FileOutcome::tooLong,
                      fmt::format("{} MiB of at most {}", file.bytes >> 20U, m_settings.limits.maxBytes >> 20U));
    }
    const auto bytes = readFile(m_root / file.path);
    if (!bytes) {
        return reject(FileOutcome::unreadable, bytes.error().message);
    }
    ++m_report.filesRead;
    record.content = contentHash(*bytes);
    if (const FileRecord* known = m_known.withContent(record.content); known != nullptr && canReuse(*known)) {
        return placed(*known, file);
    }
    song = examine(*bytes, m_settings.limits, record);
    return record;
}

/// Not where the tokens are missing: the piece was a duplicate, and its original has gone.
bool Scan::canReuse(const FileRecord& known) const {
    return known.outcome != FileOutcome::accepted || m_known.tokens(known.content) || m_originals.has(known.notes);
}

void Scan::report(const std::vector<FileRecord>& records) {
    Originals originals;
    std::vector<Features> features;
    m_report.midiFiles = records.size();
    for (const FileRecord& record : records) {
        if (record.outcome != FileOutcome::accepted) {
            m_report.rejected[record.outcome].push_back({record.path, record.remark});
        } else if (const std::string& original = originals.like(record); original != record.path) {
            m_report.rejected[FileOutcome::duplicate].push_back({record.path, "the same notes as " + original});
        } else {
            if (!record.remark.empty()) {
                m_report.faulty.push_back({record.path, record.remark});
            }
            addPiece(m_report, record.summary);
            features.push_back(record.summary.features);
        }
    }
    m_report.features = meanFeatures(features);
}

}  // namespace

Result<ScanReport> scan(const fs::path& folder, const ScanSettings& settings, const ProgressSink& progress,
                        const std::stop_token& stop) {
    return Scan(folder, settings).run(progress, stop);
}

}  // namespace ricercar
