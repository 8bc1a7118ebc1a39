#include "core/corpus/shard.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

struct Entry {
    ShardPiece piece;
    std::vector<Token> tokens;
    bool operator==(const Entry&) const = default;
};

std::vector<Entry> someEntries() {
    return {{{"a.mid", contentHash("a"), 3, 4.5, 2.25}, {startToken, 7, 65535, endToken}},
            {{"sub/empty.mid", contentHash("b"), 0, 0, 0}, {}},
            {{"sub/ü b.mid", contentHash("c"), 1, 1, 0.5}, {startToken, endToken}}};
}

std::string attachmentText(const TokenShard& shard) {
    return {reinterpret_cast<const char*>(shard.attachment().data()), shard.attachment().size()};
}

void write(const fs::path& path, const std::vector<Entry>& entries, std::string_view attachment) {
    auto writer = ShardWriter::create(path, "toy-1");
    ASSERT_TRUE(writer) << writer.error().message;
    for (const Entry& entry : entries) {
        ASSERT_TRUE(writer->add(entry.piece, entry.tokens));
    }
    ASSERT_TRUE(writer->finish(std::as_bytes(std::span(attachment))));
}

std::vector<Entry> entriesOf(const TokenShard& shard) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < shard.size(); ++i) {
        entries.push_back({shard.piece(i), {shard.tokens(i).begin(), shard.tokens(i).end()}});
    }
    return entries;
}

/// Without the syncs of `writeFileAtomically`, which a thousand files would wait for.
Result<TokenShard> openBytes(const fs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return TokenShard::open(path);
}

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

TEST(TokenShard, GivesBackWhatWasWritten) {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "new/folder/s.shard";
    write(path, someEntries(), "ledger");
    const auto shard = TokenShard::open(path);
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ(shard->vocabularyName(), "toy-1");
    EXPECT_EQ(shard->tokenCount(), 6U);
    EXPECT_EQ(entriesOf(*shard), someEntries());
    EXPECT_EQ(attachmentText(*shard), "ledger");
    EXPECT_THAT(namesIn(path.parent_path()), ElementsAre("s.shard"));
}

TEST(TokenShard, MayHoldNothing) {
    const TemporaryFolder folder;
    write(folder.path() / "s", {}, "");
    const auto shard = TokenShard::open(folder.path() / "s");
    ASSERT_TRUE(shard);
    EXPECT_EQ(shard->size(), 0U);
    EXPECT_TRUE(shard->attachment().empty());
}

TEST(TokenShard, StaysReadableWhenItsFileIsReplaced) {
    const TemporaryFolder folder;
    write(folder.path() / "s", someEntries(), "old");
    const auto shard = TokenShard::open(folder.path() / "s");
    write(folder.path() / "s", {}, "new");
    EXPECT_EQ(entriesOf(*shard), someEntries());
}

TEST(TokenShard, NamesTheFileItCannotOpen) {
    const TemporaryFolder folder;
    const auto missing = TokenShard::open(folder.path() / "missing");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("missing"));
    ASSERT_TRUE(writeFileAtomically(folder.path() / "text", std::string(100, 'x')));
    const auto text = TokenShard::open(folder.path() / "text");
    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().message, HasSubstr("not a token shard"));
}

TEST(TokenShard, EveryChangedByteIsAnError) {
    const TemporaryFolder folder;
    write(folder.path() / "s", someEntries(), "ledger");
    const auto whole = readTextFile(folder.path() / "s");
    ASSERT_TRUE(whole);
    for (std::size_t i = 0; i < whole->size(); ++i) {
        for (const unsigned flip : {0x01U, 0x80U}) {
            std::string changed = *whole;
            changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ flip);
            EXPECT_FALSE(openBytes(folder.path() / "changed", changed)) << "byte " << i << " xor " << flip;
        }
    }
}

TEST(TokenShard, EveryShortenedOrLengthenedFileIsAnError) {
    const TemporaryFolder folder;
    write(folder.path() / "s", someEntries(), "ledger");
    const auto whole = readTextFile(folder.path() / "s");
    ASSERT_TRUE(whole);
    for (std::size_t size = 0; size < whole->size(); ++size) {
        EXPECT_FALSE(openBytes(folder.path() / "changed", whole->substr(0, size))) << "cut to " << size;
    }
    EXPECT_FALSE(openBytes(folder.path() / "changed", *whole + '\0'));
}

TEST(ShardWriter, LeavesTheOldShardWhenItDoesNotFinish) {
    const TemporaryFolder folder;
    write(folder.path() / "s", someEntries(), "old");
    {
        auto writer = ShardWriter::create(folder.path() / "s", "toy-1");
        ASSERT_TRUE(writer->add({}, std::vector<Token>(100'000, 9)));
    }
    EXPECT_EQ(entriesOf(*TokenShard::open(folder.path() / "s")), someEntries());
    EXPECT_THAT(namesIn(folder.path()), ElementsAre("s"));
}

TEST(ShardWriter, LeavesTheOldShardWhenItIsKilled) {
    const TemporaryFolder folder;
    write(folder.path() / "s", someEntries(), "old");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto writer = ShardWriter::create(folder.path() / "s", "toy-1");
        (void)writer->add({}, std::vector<Token>(100'000, 9));
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(entriesOf(*TokenShard::open(folder.path() / "s")), someEntries());

    // What the killed writer left is removed by a later one, once it is old enough to be nobody's.
    ASSERT_EQ(namesIn(folder.path()).size(), 2U);
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(25));
    }
    write(folder.path() / "s", {}, "new");
    EXPECT_THAT(namesIn(folder.path()), ElementsAre("s"));
}

TEST(ShardWriter, TwoAtOnceLeaveOneWholeShard) {
    const TemporaryFolder folder;
    auto first = ShardWriter::create(folder.path() / "s", "toy-1");
    auto second = ShardWriter::create(folder.path() / "s", "toy-2");
    for (const Entry& entry : someEntries()) {
        ASSERT_TRUE(first->add(entry.piece, entry.tokens));
        ASSERT_TRUE(second->add(entry.piece, entry.tokens));
    }
    ASSERT_TRUE(second->finish());
    ASSERT_TRUE(first->finish());
    EXPECT_EQ(TokenShard::open(folder.path() / "s")->vocabularyName(), "toy-1");
}

TEST(ShardWriter, SaysWhereItCannotWrite) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder.path() / "file", "x"));
    const auto writer = ShardWriter::create(folder.path() / "file/s", "toy-1");
    ASSERT_FALSE(writer);
    EXPECT_THAT(writer.error().message, HasSubstr("file/s"));
}

}  // namespace
}  // namespace ricercar
