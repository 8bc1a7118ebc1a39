#include <cstdlib>

#include <gtest/gtest.h>

#include "core/corpus/folder_listing.h"
#include "core/corpus/scan.h"
#include "core/corpus/shard.h"
#include "core/midi/smf_reader.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

/// Tests on real music: RICERCAR_CORPUS is a folder of unpacked archives.
class CorpusTest : public testing::Test {
protected:
    void SetUp() override {
        const char* corpus = std::getenv("RICERCAR_CORPUS");
        if (corpus == nullptr) {
            GTEST_SKIP() << "RICERCAR_CORPUS is not set";
        }
        m_corpus = corpus;
    }

    std::filesystem::path m_corpus;
    TemporaryFolder m_cache;
};

TEST_F(CorpusTest, ASecondScanKnowsEverything) {
    const ScanSettings settings{*findVocabulary("house-2"), m_cache.path(), {}};
    const auto first = scan(m_corpus, settings);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_GT(first->accepted, 0U);
    const auto second = scan(m_corpus, settings);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->filesRead, 0U);
    EXPECT_EQ(second->tokens, first->tokens);
    const auto shard = TokenShard::open(second->shard);
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ(shard->size(), second->accepted);
    for (std::size_t i = 0; i < shard->size(); ++i) {
        ASSERT_EQ(shard->tokens(i).front(), startToken) << shard->piece(i).path;
        ASSERT_EQ(shard->tokens(i).back(), endToken) << shard->piece(i).path;
    }
}

/// Key signatures of files are often wrong or missing, so the keys found can only agree with most.
TEST_F(CorpusTest, KeysAgreeWithKeySignatures) {
    const auto listing = listFolder(m_corpus);
    ASSERT_TRUE(listing);
    int asked = 0;
    int agreed = 0;
    for (const ListedFile& file : listing->files) {
        const auto reading = readSmfFile(listing->root / file.path);
        if (!reading || reading->song.keys.size() != 1) {
            continue;
        }
        const auto estimate = findKey(reading->song);
        if (!estimate) {
            continue;
        }
        const Key signature = reading->song.keys.front().key();
        ++asked;
        bool sameScale = true;
        for (int pitchClass = 0; sameScale && pitchClass < 12; ++pitchClass) {
            sameScale = estimate->key.contains(pitchClass) == signature.contains(pitchClass);
        }
        agreed += sameScale;
    }
    if (asked < 100) {
        GTEST_SKIP() << "only " << asked << " files have one key signature";
    }
    EXPECT_GT(agreed, 0.85 * asked) << agreed << " of " << asked;
}

}  // namespace
}  // namespace ricercar
