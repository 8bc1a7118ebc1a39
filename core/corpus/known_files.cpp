#include "core/corpus/known_files.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace ricercar {

KnownFiles::KnownFiles(TokenShard shard, std::vector<FileRecord> records)
    : m_shard(std::move(shard)), m_records(std::move(records)) {
    for (const FileRecord& record : m_records) {
        m_byPath.emplace(record.path, &record);
        m_byContent.emplace(record.content, &record);
    }
    for (std::size_t piece = 0; piece < m_shard->size(); ++piece) {
        m_pieces.emplace(m_shard->piece(piece).content, piece);
    }
}

Result<KnownFiles> KnownFiles::open(const std::filesystem::path& path, std::string_view vocabularyName) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        return KnownFiles();
    }
    auto shard = TokenShard::open(path);
    if (!shard) {
        return tl::make_unexpected(shard.error());
    }
    auto records = unpackLedger(shard->attachment());
    if (!records || shard->vocabularyName() != vocabularyName) {
        return failure("{}: written by another version of this program", path.string());
    }
    return KnownFiles(std::move(*shard), std::move(*records));
}

const FileRecord* KnownFiles::unchanged(const ListedFile& file) const {
    const auto found = m_byPath.find(file.path);
    if (found == m_byPath.end()) {
        return nullptr;
    }
    const FileRecord& record = *found->second;
    const std::string_view problem = record.outcome == FileOutcome::unreadable ? record.remark : std::string_view();
    const bool same = record.bytes == file.bytes && record.modified == file.modified && problem == file.problem;
    return same ? &record : nullptr;
}

const FileRecord* KnownFiles::withContent(const ContentHash& content) const {
    const auto found = m_byContent.find(content);
    return found != m_byContent.end() ? found->second : nullptr;
}

std::optional<std::span<const Token>> KnownFiles::tokens(const ContentHash& content) const {
    const auto found = m_pieces.find(content);
    return found != m_pieces.end() ? std::optional(m_shard->tokens(found->second)) : std::nullopt;
}

bool KnownFiles::holdsAll(std::span<const ListedFile> files) const {
    return m_shard &&
           std::equal(files.begin(), files.end(), m_records.begin(), m_records.end(),
                      [&](const ListedFile& file, const FileRecord& record) { return unchanged(file) == &record; });
}

}  // namespace ricercar
