#include "core/engine/rpc/framing.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ricercar {

namespace {

constexpr std::size_t longestHeader = 4096;
constexpr std::string_view lengthField = "content-length:";

bool equalIgnoringCase(char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
}

std::size_t findLengthField(std::string_view text) {
    const auto found = std::search(text.begin(), text.end(), lengthField.begin(), lengthField.end(), equalIgnoringCase);
    return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    const auto last = text.find_last_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

/// What the lines of a header say about the body's length.
Result<std::size_t> bodyLength(std::string_view header) {
    std::optional<std::size_t> length;
    while (!header.empty()) {
        const std::size_t lineEnd = std::min(header.find("\r\n"), header.size());
        const std::string_view line = header.substr(0, lineEnd);
        header.remove_prefix(std::min(lineEnd + 2, header.size()));
        if (line.find(':') == std::string_view::npos) {
            return failure("header line without a colon");
        }
        if (findLengthField(line) != 0) {
            continue;
        }
        const std::string_view digits = trimmed(line.substr(lengthField.size()));
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc::result_out_of_range || (error == std::errc() && value > longestMessage)) {
            return failure("a message may have at most {} bytes", longestMessage);
        }
        if (error != std::errc() || end != digits.data() + digits.size() || length.has_value()) {
            return failure("Content-Length is not one number");
        }
        length = value;
    }
    if (!length) {
        return failure("header without Content-Length");
    }
    return *length;
}

}  // namespace

std::string framed(std::string_view body) { return fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body); }

void FrameReader::append(std::string_view bytes) {
    m_buffer.erase(0, std::exchange(m_cut, 0));
    m_buffer.append(bytes);
}

/// Drops bytes up to the next `Content-Length`; false when there is none yet.
bool FrameReader::skipToHeader() {
    const std::size_t found = findLengthField(waiting());
    const std::size_t cutInTheMiddle = std::min(lengthField.size() - 1, waiting().size());
    m_cut += found != std::string_view::npos ? found : waiting().size() - cutInTheMiddle;
    return found != std::string_view::npos;
}

std::optional<Result<std::size_t>> FrameReader::takeHeader() {
    const std::string_view start = waiting().substr(0, longestHeader);
    const std::size_t end = start.find("\r\n\r\n");
    if (end == std::string_view::npos && start.size() < longestHeader) {
        return std::nullopt;
    }
    Result<std::size_t> length = failure("header longer than {} bytes", longestHeader);
    if (end != std::string_view::npos) {
        length = bodyLength(start.substr(0, end));
    }
    m_cut += length ? end + 4 : 1;
    return length;
}

std::optional<Result<std::string>> FrameReader::next() {
    while (!m_expected) {
        if (m_lost && !skipToHeader()) {
            return std::nullopt;
        }
        const auto length = takeHeader();
        if (!length) {
            return std::nullopt;
        }
        if (length->has_value()) {
            m_expected = **length;
            m_lost = false;
        } else if (!std::exchange(m_lost, true)) {
            return tl::make_unexpected(length->error());
        }
    }
    if (waiting().size() < *m_expected) {
        return std::nullopt;
    }
    std::string body(waiting().substr(0, *m_expected));
    m_cut += *m_expected;
    m_expected.reset();
    return body;
}

}  // namespace ricercar
