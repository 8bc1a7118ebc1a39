#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ricercar {

/// 128 bits that stand for some content (XXH3): equal content, equal hash; not against an attacker.
struct ContentHash {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    auto operator<=>(const ContentHash&) const = default;

    /// 32 lower-case hexadecimal digits.
    std::string hex() const;
};

ContentHash contentHash(std::span<const std::byte> bytes);
ContentHash contentHash(std::string_view text);

}  // namespace ricercar

template <>
struct std::hash<ricercar::ContentHash> {
    std::size_t operator()(const ricercar::ContentHash& content) const noexcept { return content.low; }
};
