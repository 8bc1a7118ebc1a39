#include "core/analysis/text_chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace ricercar {

namespace {

constexpr double barWidth = 28;

/// `length` in columns, to an eighth of a column.
std::string block(double length) {
    static constexpr std::array<std::string_view, 8> parts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto eighths = static_cast<std::size_t>(std::max(1L, std::lround(length * 8)));
    std::string text;
    for (std::size_t i = 0; i < eighths / 8; ++i) {
        text += "█";
    }
    return text.append(parts[eighths % 8]);
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3) {
        digits.insert(static_cast<std::size_t>(place), ",");
    }
    return digits;
}

}  // namespace

std::string barChart(std::span<const NamedCount> counts, std::size_t most) {
    std::vector<NamedCount> shown;
    std::uint64_t total = 0;
    for (const NamedCount& count : counts) {
        total += count.second;
        if (count.second > 0) {
            shown.push_back(count);
        }
    }
    if (shown.size() > most) {
        const std::uint64_t smallestShown = byCount(shown)[most - 1].second;
        const auto small =
            std::stable_partition(shown.begin(), shown.end(), [&](const auto& c) { return c.second >= smallestShown; });
        const auto end = std::min(small, shown.begin() + static_cast<std::ptrdiff_t>(most));
        std::uint64_t others = 0;
        for (auto count = end; count != shown.end(); ++count) {
            others += count->second;
        }
        shown.erase(end, shown.end());
        shown.emplace_back("others", others);
    }
    std::size_t nameWidth = 0;
    std::uint64_t largest = 1;
    for (const auto& [name, count] : shown) {
        nameWidth = std::max(nameWidth, name.size());
        largest = std::max(largest, count);
    }
    std::string text;
    for (const auto& [name, count] : shown) {
        const double share = static_cast<double>(count) / static_cast<double>(total);
        text += fmt::format("  {:<{}}  {:<{}} {:>9} {:4.0f} %\n", name, nameWidth,
                            block(barWidth * static_cast<double>(count) / static_cast<double>(largest)),
                            static_cast<int>(barWidth), grouped(count), 100 * share);
    }
    return text;
}

std::string sparkBlock(std::uint32_t count, std::uint32_t largest) {
    static constexpr std::array<const char*, 9> heights = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    // Rounded up, so that whatever occurs can be seen.
    return heights[count == 0 ? 0 : (std::uint64_t{count} * 8 + largest - 1) / largest];
}

std::string sparkline(std::span<const std::uint32_t> counts) {
    std::string text;
    for (const std::uint32_t count : counts) {
        text += sparkBlock(count, *std::max_element(counts.begin(), counts.end()));
    }
    return text;
}

std::vector<NamedCount> byCount(std::vector<NamedCount> counts) {
    std::sort(counts.begin(), counts.end(), [](const NamedCount& a, const NamedCount& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return counts;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string clockTime(double seconds) {
    const auto whole = std::int64_t{std::llround(seconds)};
    return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                        : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace ricercar
