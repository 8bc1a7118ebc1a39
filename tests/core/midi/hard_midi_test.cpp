#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "core/base/files.h"
#include "core/midi/smf_reader.h"

namespace ricercar {
namespace {

/// The rows of a table of tab-separated fields below its heading.
std::vector<std::vector<std::string>> rowsOf(const std::string& table) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        auto& row = rows.emplace_back();
        for (std::string field; std::getline(fields, field, '\t');) {
            row.push_back(field);
        }
    }
    rows.erase(rows.begin());
    return rows;
}

bool warnsOf(const SmfReading& reading, std::string_view text) {
    return std::any_of(reading.warnings.begin(), reading.warnings.end(),
                       [&](const SmfWarning& warning) { return warning.message.find(text) != std::string::npos; });
}

TEST(HardMidi, EveryFileHasTheCountsOfItsList) {
    const char* corpus = std::getenv("RICERCAR_CORPUS");
    if (corpus == nullptr) {
        GTEST_SKIP() << "RICERCAR_CORPUS is not set";
    }
    const auto folder = std::filesystem::path(corpus) / "hard-midi";
    const auto list = readTextFile(folder / "LIST.tsv");
    ASSERT_TRUE(list) << list.error().message;
    const auto rows = rowsOf(*list);
    EXPECT_EQ(rows.size(), 60U);
    for (const auto& row : rows) {
        enum { file, strictlyValid, kind, format, tracks, division, notes, hanging, tempi, meters, seconds, flags };
        const auto reading = readSmfFile(folder / row[file]);
        ASSERT_TRUE(reading) << reading.error().message;
        const Song& song = reading->song;
        EXPECT_EQ(std::to_string(reading->format), row[format]) << row[file];
        EXPECT_EQ(std::to_string(noteCount(song)), row[notes]) << row[file];
        EXPECT_EQ(std::to_string(song.meters.size()), row[meters]) << row[file];
        EXPECT_NEAR(lengthSeconds(song), std::stod(row[seconds]), 0.001) << row[file];
        EXPECT_EQ(warnsOf(*reading, "never end"), row[hanging] != "0") << row[file];
        EXPECT_EQ(warnsOf(*reading, "no end-of-track"), row[flags] == "missing EOT") << row[file];
        EXPECT_EQ(warnsOf(*reading, "after the end of a track"), row[flags] == "data after EOT") << row[file];
        EXPECT_EQ(warnsOf(*reading, "no chunk"), row[flags] == "trailing bytes") << row[file];
        EXPECT_EQ(warnsOf(*reading, "promises"), row[flags].find("track count") != std::string::npos) << row[file];
        const bool countsSeconds = row[division].front() == '-';
        EXPECT_EQ(std::to_string(song.tempi.size()), countsSeconds ? "1" : row[tempi]) << row[file];
        EXPECT_TRUE(countsSeconds || std::to_string(song.ticksPerQuarter) == row[division]) << row[file];
    }
}

}  // namespace
}  // namespace ricercar
