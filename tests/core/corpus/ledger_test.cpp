#include "core/corpus/ledger.h"

#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

std::vector<FileRecord> someRecords() {
    FileRecord accepted;
    accepted.path = "a.mid";
    accepted.bytes = 123;
    accepted.modified = -5;
    accepted.content = contentHash("a");
    accepted.notes = contentHash("notes");
    accepted.summary = summarise(SongBuilder().meter(0, {3, 4}).note(60, 1).note(64, 2).drums().note(36, 1).build());
    FileRecord rejected;
    rejected.path = "b.mid";
    rejected.outcome = FileOutcome::broken;
    rejected.remark = "broken at byte 3";
    return {accepted, rejected};
}

std::span<const std::byte> bytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(Ledger, GivesBackWhatWasPacked) {
    const auto records = unpackLedger(bytesOf(packLedger(someRecords())));
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 2U);
    const auto expected = someRecords();
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const FileRecord& record = (*records)[i];
        EXPECT_EQ(record.path, expected[i].path);
        EXPECT_EQ(record.bytes, expected[i].bytes);
        EXPECT_EQ(record.modified, expected[i].modified);
        EXPECT_EQ(record.content, expected[i].content);
        EXPECT_EQ(record.outcome, expected[i].outcome);
        EXPECT_EQ(record.remark, expected[i].remark);
        EXPECT_EQ(record.notes, expected[i].notes);
        EXPECT_EQ(toJson(record.summary).dump(), toJson(expected[i].summary).dump());
    }
}

TEST(Ledger, RefusesWhatIsCutOrTooLong) {
    const std::string whole = packLedger(someRecords());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(unpackLedger(bytesOf(whole.substr(0, size)))) << size;
    }
    EXPECT_FALSE(unpackLedger(bytesOf(whole + '\0')));
}

TEST(Ledger, SurvivesEveryChangedByte) {
    const std::string whole = packLedger(someRecords());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(~changed[i]);
        if (const auto records = unpackLedger(bytesOf(changed))) {
            EXPECT_LE(records->size(), whole.size());
        }
    }
}

}  // namespace
}  // namespace ricercar
