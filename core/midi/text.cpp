#include "core/midi/text.h"

namespace ricercar {

namespace {

/// The length of the UTF-8 character that starts at `at`; 0 when there is none (RFC 3629, section 4).
std::size_t characterLength(std::span<const std::uint8_t> bytes, std::size_t at) {
    const std::uint8_t lead = bytes[at];
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((bytes[at + i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    const std::uint8_t second = bytes[at + 1];
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool surrogateOrTooHigh = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
    return overlong || surrogateOrTooHigh ? 0 : length;
}

bool isUtf8(std::span<const std::uint8_t> bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = characterLength(bytes, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

}  // namespace

std::string textFromBytes(std::span<const std::uint8_t> bytes) {
    if (isUtf8(bytes)) {
        return {bytes.begin(), bytes.end()};
    }
    std::string text;
    for (const std::uint8_t byte : bytes) {
        if (byte < 0x80) {
            text += static_cast<char>(byte);
        } else {
            text += static_cast<char>(0xc0 | (byte >> 6));
            text += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return text;
}

}  // namespace ricercar
