#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace ricercar {

/// What a user, a file or a machine can cause to go wrong. The text says what is wrong, where (file, byte, track, bar)
/// and what to do about it, in one sentence without a final newline.
struct Error {
    std::string message;

    bool operator==(const Error&) const = default;
};

/// A value, or the reason why there is none.
template <typename T>
using Result = tl::expected<T, Error>;

/// `return failure("{}: not a MIDI file", path);`
template <typename... Args>
tl::unexpected<Error> failure(fmt::format_string<Args...> format, Args&&... args) {
    return tl::make_unexpected(Error{fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace ricercar
