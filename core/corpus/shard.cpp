#include "core/corpus/shard.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/corpus/packing.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

constexpr std::array<char, 8> shardMagic = {'R', 'I', 'C', 'S', 'H', 'A', 'R', 'D'};
constexpr std::uint64_t shardVersion = 1;

struct Header {
    std::array<char, 8> magic = shardMagic;
    std::uint64_t version = shardVersion;
    std::uint64_t tokenCount = 0;
    std::uint64_t indexBytes = 0;
    std::uint64_t attachmentBytes = 0;
    ContentHash rest;  ///< of index and attachment
};
static_assert(sizeof(Header) == 56 && std::is_trivially_copyable_v<Header>);

struct IndexEntry {
    ShardPiece piece;
    std::uint64_t tokenCount = 0;
    ContentHash tokens;
};

struct Index {
    std::string vocabularyName;
    std::vector<IndexEntry> entries;
};

void transfer(auto& archive, MaybeConst<IndexEntry> auto& entry) {
    auto& piece = entry.piece;
    archive(piece.path, piece.content, piece.noteCount, piece.lengthQuarters, piece.lengthSeconds, entry.tokenCount,
            entry.tokens);
}

void transfer(auto& archive, MaybeConst<Index> auto& index) { archive(index.vocabularyName, index.entries); }

constexpr std::string_view temporaryMark = ".writing-";

void removeLeftovers(const fs::path& path) {
    const std::string prefix = path.filename().string() + std::string(temporaryMark);
    const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
    std::error_code error;
    for (fs::directory_iterator entry(path.parent_path(), error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        if (entry->path().filename().string().starts_with(prefix) && entry->last_write_time(ignored) < yesterday) {
            fs::remove(entry->path(), ignored);
        }
    }
}

}  // namespace

Result<TokenShard> TokenShard::open(const fs::path& path) {
    auto file = MappedFile::open(path);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto damaged = [&](std::string_view how) {
        return failure("{}: the token shard {}; scan the folder again", path.string(), how);
    };
    const std::span<const std::byte> bytes = file->bytes();
    Header header;
    if (bytes.size() < sizeof header) {
        return damaged("is cut short");
    }
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.magic != shardMagic) {
        return failure("{}: not a token shard", path.string());
    }
    if (header.version != shardVersion) {
        return damaged(fmt::format("has version {}, this program reads version {}", header.version, shardVersion));
    }
    // Each part is compared with what is left, so that no sum can overflow.
    std::span<const std::byte> left = bytes.subspan(sizeof header);
    if (header.tokenCount > left.size() / sizeof(Token)) {
        return damaged("is cut short");
    }
    const std::span tokens(reinterpret_cast<const Token*>(left.data()), header.tokenCount);
    left = left.subspan(tokens.size_bytes());
    if (header.indexBytes > left.size() || header.attachmentBytes != left.size() - header.indexBytes) {
        return damaged("is cut short or has grown");
    }
    if (contentHash(left) != header.rest) {
        return damaged("has a damaged index");
    }
    Index index;
    Unpacker unpack(left.first(header.indexBytes));
    unpack(index);
    if (!unpack.complete()) {
        return damaged("has a damaged index");
    }

    TokenShard shard(std::move(*file));
    shard.m_vocabularyName = std::move(index.vocabularyName);
    shard.m_tokenCount = header.tokenCount;
    shard.m_attachment = left.subspan(header.indexBytes);
    std::span<const Token> tokensLeft = tokens;
    for (IndexEntry& entry : index.entries) {
        if (entry.tokenCount > tokensLeft.size()) {
            return damaged("has a damaged index");
        }
        const auto piece = tokensLeft.first(entry.tokenCount);
        if (contentHash(std::as_bytes(piece)) != entry.tokens) {
            return damaged(fmt::format("has damaged tokens of {}", entry.piece.path));
        }
        tokensLeft = tokensLeft.subspan(piece.size());
        shard.m_tokens.push_back(piece);
        shard.m_pieces.push_back(std::move(entry.piece));
    }
    if (!tokensLeft.empty()) {
        return damaged("has a damaged index");
    }
    return shard;
}

struct ShardWriter::Output {
    fs::path path;
    std::string temporary;
    std::FILE* file = nullptr;
    Header header;
    Index index;

    Output(fs::path target, std::string_view vocabularyName) : path(std::move(target)) {
        index.vocabularyName = vocabularyName;
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() {
        if (file != nullptr) {
            std::fclose(file);
            ::unlink(temporary.c_str());
        }
    }

    bool write(const void* data, std::size_t size) { return size == 0 || std::fwrite(data, 1, size, file) == size; }
    tl::unexpected<Error> writeFailure() const {
        return failure("cannot write {}: {}", path.string(), std::strerror(errno));
    }
};

ShardWriter::ShardWriter(std::unique_ptr<Output> output) : m_output(std::move(output)) {}
ShardWriter::ShardWriter(ShardWriter&&) noexcept = default;
ShardWriter& ShardWriter::operator=(ShardWriter&&) noexcept = default;
ShardWriter::~ShardWriter() = default;

Result<ShardWriter> ShardWriter::create(const fs::path& path, std::string_view vocabularyName) {
    auto output = std::make_unique<Output>(fs::absolute(path), vocabularyName);
    std::error_code ignored;
    fs::create_directories(output->path.parent_path(), ignored);
    removeLeftovers(output->path);
    output->temporary = output->path.string() + std::string(temporaryMark) + "XXXXXX";
    const int descriptor = ::mkostemp(output->temporary.data(), O_CLOEXEC);
    if (descriptor < 0) {
        return output->writeFailure();
    }
    output->file = ::fdopen(descriptor, "wb");
    if (output->file == nullptr || !output->write(&output->header, sizeof output->header)) {
        return output->writeFailure();
    }
    return ShardWriter(std::move(output));
}

Result<void> ShardWriter::add(const ShardPiece& piece, std::span<const Token> tokens) {
    if (!m_output->write(tokens.data(), tokens.size_bytes())) {
        return m_output->writeFailure();
    }
    m_output->header.tokenCount += tokens.size();
    m_output->index.entries.push_back({piece, tokens.size(), contentHash(std::as_bytes(tokens))});
    return {};
}

Result<void> ShardWriter::finish(std::span<const std::byte> attachment) {
    Output& output = *m_output;
    Packer rest;
    rest(output.index);
    output.header.indexBytes = rest.bytes().size();
    output.header.attachmentBytes = attachment.size();
    rest.append(attachment);
    output.header.rest = contentHash(rest.bytes());
    const bool written =
        output.write(rest.bytes().data(), rest.bytes().size()) && std::fseek(output.file, 0, SEEK_SET) == 0 &&
        output.write(&output.header, sizeof output.header) && std::fflush(output.file) == 0 &&
        ::fsync(::fileno(output.file)) == 0 && ::rename(output.temporary.c_str(), output.path.c_str()) == 0;
    if (!written) {
        return output.writeFailure();
    }
    std::fclose(std::exchange(output.file, nullptr));
    return {};
}

}  // namespace ricercar
