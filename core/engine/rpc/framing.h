#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace ricercar {

/// Longer messages are refused.
inline constexpr std::size_t longestMessage = 16 << 20;

/// `body` as it goes over the wire: a `Content-Length` header and the body (Language Server Protocol 3.17, "Base
/// Protocol").
std::string framed(std::string_view body);

/// Cuts a stream of bytes into messages. After a fault (a header that is too long, has no usable `Content-Length` or
/// names a message that is too long) it goes on at the next `Content-Length` that it sees. Never holds more than one
/// unfinished message.
class FrameReader {
public:
    void append(std::string_view bytes);

    /// The next message's body, or a fault of the stream (one for each run of bytes that are no message), or nothing
    /// until more bytes are appended.
    std::optional<Result<std::string>> next();

private:
    std::string_view waiting() const { return std::string_view(m_buffer).substr(m_cut); }
    std::optional<Result<std::size_t>> takeHeader();
    bool skipToHeader();

    std::string m_buffer;
    std::size_t m_cut = 0;                  ///< bytes of the buffer that are done with
    std::optional<std::size_t> m_expected;  ///< length of the body that comes next, once its header was read
    bool m_lost = false;                    ///< looking for a header after a fault
};

}  // namespace ricercar
