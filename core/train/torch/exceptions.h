#pragma once

#include <exception>
#include <string>

#include "core/base/result.h"

namespace ricercar {

/// The first line of a torch error; the rest is a C++ stack.
inline std::string firstLine(const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

/// What `work` returns, a `Result`; what it throws is an error of `doing`.
template <typename Work>
auto withoutExceptions(const char* doing, Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& error) {
        return failure("{} failed in libtorch: {}", doing, firstLine(error));
    }
}

}  // namespace ricercar
