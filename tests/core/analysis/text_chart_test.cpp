#include "core/analysis/text_chart.h"

#include <array>

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(BarChart, DrawsEachCountInProportion) {
    const std::vector<NamedCount> counts = {{"C", 4}, {"none", 0}, {"G major", 2}};
    EXPECT_EQ(barChart(counts, 5),
              "  C        ████████████████████████████         4   67 %\n"
              "  G major  ██████████████                       2   33 %\n");
    EXPECT_EQ(barChart({}, 5), "");
}

TEST(BarChart, PutsTheSmallestTogether) {
    const std::vector<NamedCount> counts = {{"a", 1}, {"b", 5}, {"c", 1}, {"d", 3}, {"e", 3}};
    std::vector<std::string> names;
    const std::string chart = barChart(counts, 2);
    for (std::size_t line = 0; line < chart.size(); line = chart.find('\n', line) + 1) {
        names.push_back(chart.substr(line + 2, 6));
    }
    EXPECT_EQ(names, (std::vector<std::string>{"b     ", "d     ", "others"}));
}

TEST(Sparkline, ShowsWhateverOccurs) {
    EXPECT_EQ(sparkline(std::array<std::uint32_t, 4>{0, 1, 500, 1000}), " ▁▄█");
    EXPECT_EQ(sparkline(std::array<std::uint32_t, 2>{0, 0}), "  ");
}

TEST(TextChart, CountsAndTimesReadWell) {
    EXPECT_EQ(counted(1, "file"), "1 file");
    EXPECT_EQ(counted(0, "file"), "0 files");
    EXPECT_EQ(counted(8591, "file"), "8,591 files");
    EXPECT_EQ(counted(1234567, "note"), "1,234,567 notes");
    EXPECT_EQ(clockTime(7.4), "0:07");
    EXPECT_EQ(clockTime(750), "12:30");
    EXPECT_EQ(clockTime(3723), "1:02:03");
}

TEST(TextChart, SortsByCountThenName) {
    EXPECT_EQ(byCount({{"b", 1}, {"a", 1}, {"c", 2}}), (std::vector<NamedCount>{{"c", 2}, {"a", 1}, {"b", 1}}));
}

}  // namespace
}  // namespace ricercar
