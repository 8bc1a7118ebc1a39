#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/result.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

inline constexpr std::string_view shardExtension = ".shard";

/// One piece of a shard.
struct ShardPiece {
    std::string path;             ///< relative to the scanned folder, with '/'
    ContentHash content;          ///< of the MIDI file
    std::uint64_t noteCount = 0;  ///< drums included
    double lengthQuarters = 0;    ///< up to the end of the last note
    double lengthSeconds = 0;

    bool operator==(const ShardPiece&) const = default;
};

/// The tokens of many pieces in one memory-mapped file. Immutable; may be read by several threads at once. A shard
/// stays valid when the file is replaced meanwhile.
///
/// The file, little-endian: 56 bytes of header (magic, version, counts, hash of what follows the tokens), the tokens as
/// 16-bit numbers, the index (vocabulary, pieces with the hash of their tokens), the attachment.
class TokenShard {
public:
    /// Checks everything: magic, version, sizes, the hash of the index and the tokens of each piece. A file that is cut
    /// short or changed in any byte is an error that says so.
    static Result<TokenShard> open(const std::filesystem::path& path);

    /// The vocabulary that wrote the tokens, see `findVocabulary`.
    const std::string& vocabularyName() const { return m_vocabularyName; }
    /// How many pieces there are.
    std::size_t size() const { return m_pieces.size(); }
    std::uint64_t tokenCount() const { return m_tokenCount; }
    /// `index` below size(). From the start token to the end token; valid as long as the shard.
    std::span<const Token> tokens(std::size_t index) const { return m_tokens[index]; }
    const ShardPiece& piece(std::size_t index) const { return m_pieces[index]; }
    /// What the writer added for itself.
    std::span<const std::byte> attachment() const { return m_attachment; }

private:
    explicit TokenShard(MappedFile file) : m_file(std::move(file)) {}

    MappedFile m_file;
    std::string m_vocabularyName;
    std::uint64_t m_tokenCount = 0;
    std::vector<ShardPiece> m_pieces;
    std::vector<std::span<const Token>> m_tokens;  ///< of each piece
    std::span<const std::byte> m_attachment;
};

/// Writes a shard piece by piece in little memory. The file at `path` is replaced whole by `finish`, or not at all:
/// until then everything goes to a temporary file beside it, which is removed with a writer that did not finish.
class ShardWriter {
public:
    /// Creates missing parent folders. Also removes temporary files that killed writers left there a day ago or more.
    static Result<ShardWriter> create(const std::filesystem::path& path, std::string_view vocabularyName);

    Result<void> add(const ShardPiece& piece, std::span<const Token> tokens);
    /// Call once, last.
    Result<void> finish(std::span<const std::byte> attachment = {});

    ShardWriter(ShardWriter&&) noexcept;
    ShardWriter& operator=(ShardWriter&&) noexcept;
    ~ShardWriter();

private:
    struct Output;
    explicit ShardWriter(std::unique_ptr<Output> output);

    std::unique_ptr<Output> m_output;
};

}  // namespace ricercar
