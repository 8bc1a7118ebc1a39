#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/corpus/folder_listing.h"
#include "core/corpus/ledger.h"
#include "core/corpus/shard.h"

namespace ricercar {

/// What the last scan of a folder knew of its files, and the tokens of its pieces.
class KnownFiles {
public:
    /// Knows nothing.
    KnownFiles() = default;
    /// From the shard of the last scan; knows nothing where there is none. The error says why a shard that is there
    /// cannot be used.
    static Result<KnownFiles> open(const std::filesystem::path& shard, std::string_view vocabularyName);

    // The maps point into the records, which stay where they are when the vector is moved.
    KnownFiles(KnownFiles&&) = default;
    KnownFiles& operator=(KnownFiles&&) = default;
    KnownFiles(const KnownFiles&) = delete;
    KnownFiles& operator=(const KnownFiles&) = delete;
    ~KnownFiles() = default;

    const std::vector<FileRecord>& records() const { return m_records; }
    std::uint64_t tokenCount() const { return m_shard ? m_shard->tokenCount() : 0; }

    /// The record of `file` if it is as it was, else null.
    const FileRecord* unchanged(const ListedFile& file) const;
    /// The record of a file with this content, else null.
    const FileRecord* withContent(const ContentHash& content) const;
    /// The tokens of the piece with this content, if the shard has it.
    std::optional<std::span<const Token>> tokens(const ContentHash& content) const;
    /// Whether the last scan listed exactly these files, all as they are now.
    bool holdsAll(std::span<const ListedFile> files) const;

private:
    KnownFiles(TokenShard shard, std::vector<FileRecord> records);

    std::optional<TokenShard> m_shard;
    std::vector<FileRecord> m_records;
    std::unordered_map<std::string_view, const FileRecord*> m_byPath;
    std::unordered_map<ContentHash, const FileRecord*> m_byContent;
    std::unordered_map<ContentHash, std::size_t> m_pieces;
};

}  // namespace ricercar
