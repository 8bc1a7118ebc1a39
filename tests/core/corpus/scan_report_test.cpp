#include "core/corpus/scan_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;
using testing::Not;

ScanReport someReport() {
    ScanReport report;
    report.folder = "music";
    report.midiFiles = 20;
    report.otherFiles = 1;
    SongBuilder song;
    song.meter(0, {3, 4}).track(40);
    for (const int pitch : {60, 62, 64, 65, 67, 69, 71, 72}) {
        song.note(pitch, 1);
    }
    addPiece(report, summarise(song.build()));
    for (int i = 0; i < 15; ++i) {
        report.rejected[FileOutcome::broken].push_back({fmt::format("{}.mid", i), "broken at byte 7"});
    }
    report.rejected[FileOutcome::duplicate].push_back({"evil\n\x1b[2J.mid", "the same notes as a.mid"});
    return report;
}

TEST(ScanReport, CountsWhatAPieceIs) {
    const ScanReport report = someReport();
    EXPECT_EQ(report.accepted, 1U);
    EXPECT_EQ(report.notes, 8U);
    EXPECT_DOUBLE_EQ(report.seconds, 4);
    EXPECT_EQ(report.keys, (std::map<std::string, std::uint64_t>{{"C major", 1}}));
    EXPECT_EQ(report.tempi, (std::map<int, std::uint64_t>{{120, 1}}));
    EXPECT_EQ(report.meters, (std::map<std::string, std::uint64_t>{{"3/4", 1}}));
    EXPECT_EQ(report.instruments, (std::map<int, std::uint64_t>{{40, 1}}));
    EXPECT_EQ(report.histograms.pitches[60], 1U);
}

TEST(ScanReport, TextNamesAFewFilesOfEachOutcome) {
    const std::string text = reportText(someReport());
    EXPECT_THAT(text, HasSubstr("music: 20 MIDI files, 1 other file"));
    EXPECT_THAT(text, HasSubstr("broken          15\n    0.mid: broken at byte 7\n    1.mid: broken at byte 7\n"
                                "    2.mid: broken at byte 7\n    … and 12 more\n"));
    EXPECT_THAT(text, HasSubstr("evil??[2J.mid"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, HasSubstr("Violin"));
}

TEST(ScanReport, JsonNamesEveryFile) {
    const Json json = toJson(someReport());
    EXPECT_EQ(json["files"], (Json{{"midi", 20}, {"other", 1}, {"read", 0}, {"accepted", 1}, {"rejected", 16}}));
    EXPECT_EQ(json["outcomes"], (Json{{"accepted", 1}, {"broken", 15}, {"duplicate", 1}}));
    ASSERT_EQ(json["rejected"].size(), 16U);
    EXPECT_EQ(json["rejected"][0], (Json{{"path", "0.mid"}, {"outcome", "broken"}, {"reason", "broken at byte 7"}}));
    EXPECT_EQ(json["instruments"], (Json{{"Violin", 1}}));
    EXPECT_EQ(json["tempi"], (Json{{"120-129", 1}}));
    EXPECT_TRUE(json["cacheRemark"].is_null());
}

}  // namespace
}  // namespace ricercar
