#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ricercar {

/// The bytes as they are where they are valid UTF-8, else read as Latin-1.
std::string textFromBytes(std::span<const std::uint8_t> bytes);

}  // namespace ricercar
