#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ricercar {

/// RFC 4648, section 4, with padding.
std::string toBase64(std::span<const std::byte> bytes);
/// Nothing when `text` is no base64.
std::optional<std::vector<std::byte>> fromBase64(std::string_view text);

}  // namespace ricercar
