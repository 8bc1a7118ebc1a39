#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ricercar {

/// One bar of a chart, e.g. {"C major", 812}.
using NamedCount = std::pair<std::string, std::uint64_t>;

/// A line for each count: name, bar of block characters, number, share in percent; the longest bar belongs to the
/// largest count. Counts of zero are left out, and with more than `most` lines the smallest are put together as
/// "others". The order stays.
std::string barChart(std::span<const NamedCount> counts, std::size_t most);

/// One character, as high as `count` is large beside `largest`: a blank for 0, "█" for `largest`.
std::string sparkBlock(std::uint32_t count, std::uint32_t largest);

/// A histogram on one line: "▁▃█▂ ".
std::string sparkline(std::span<const std::uint32_t> counts);

/// The largest first; equal counts by name.
std::vector<NamedCount> byCount(std::vector<NamedCount> counts);

/// "1 file", "2 files", "8,591 files"; the plural adds an s.
std::string counted(std::uint64_t count, std::string_view noun);

/// "0:07", "12:30", "1:02:03".
std::string clockTime(double seconds);

}  // namespace ricercar
