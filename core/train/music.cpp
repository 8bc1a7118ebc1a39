#include "core/train/music.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/corpus/ledger.h"
#include "core/corpus/scan.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

/// The hash of the notes of each file that the shard's ledger knows, by the hash of its content.
std::unordered_map<ContentHash, ContentHash> noteHashes(const TokenShard& shard) {
    std::unordered_map<ContentHash, ContentHash> hashes;
    for (const FileRecord& record : unpackLedger(shard.attachment()).value_or(std::vector<FileRecord>())) {
        hashes.emplace(record.content, record.notes);
    }
    return hashes;
}

/// The shards that `path` is or holds, in the order of their names.
std::vector<fs::path> shardsAt(const fs::path& path) {
    const auto isShard = [](const fs::path& file) { return file.extension() == shardExtension; };
    std::vector<fs::path> shards;
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        return isShard(path) ? std::vector{path} : shards;
    }
    for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
        if (isShard(entry->path())) {
            shards.push_back(entry->path());
        }
    }
    std::sort(shards.begin(), shards.end());
    return shards;
}

Result<std::vector<fs::path>> scanned(const fs::path& folder, std::shared_ptr<const Vocabulary> vocabulary,
                                      const ProgressSink& progress, const std::stop_token& stop) {
    ScanSettings settings;
    settings.vocabulary = std::move(vocabulary);
    return scan(folder, settings, progress, stop).and_then([](const ScanReport& report) {
        return checkUsable(report).map([&] { return std::vector{report.shard}; });
    });
}

}  // namespace

Music::Music(std::vector<TokenShard> shards) : m_shards(std::move(shards)) {
    std::unordered_set<ContentHash> known;
    for (std::size_t number = 0; number < m_shards.size(); ++number) {
        const TokenShard& shard = m_shards[number];
        // In itself a shard has no piece twice.
        const auto hashes = m_shards.size() > 1 ? noteHashes(shard) : std::unordered_map<ContentHash, ContentHash>();
        for (std::size_t index = 0; index < shard.size(); ++index) {
            const ContentHash& content = shard.piece(index).content;
            const auto notes = hashes.find(content);
            if (m_shards.size() == 1 || known.insert(notes == hashes.end() ? content : notes->second).second) {
                m_pieces.push_back({static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(index)});
            }
        }
    }
}

Result<std::shared_ptr<const Music>> loadMusic(const fs::path& path, std::shared_ptr<const Vocabulary> vocabulary,
                                               const ProgressSink& progress, std::stop_token stop) {
    Result<std::vector<fs::path>> files = shardsAt(path);
    if (files->empty()) {
        files = scanned(path, vocabulary, progress, stop);
    }
    if (!files) {
        return tl::make_unexpected(files.error());
    }
    std::vector<TokenShard> shards;
    for (const fs::path& file : *files) {
        auto shard = TokenShard::open(file);
        if (!shard) {
            return tl::make_unexpected(shard.error());
        }
        if (shard->vocabularyName() != vocabulary->name()) {
            return failure("{} has tokens of the vocabulary {}; make it anew with scan --vocabulary {}", file.string(),
                           shard->vocabularyName(), vocabulary->name());
        }
        shards.push_back(std::move(*shard));
    }
    return std::make_shared<const Music>(std::move(shards));
}

}  // namespace ricercar
