#pragma once

#include <unistd.h>

#include <array>
#include <climits>
#include <string>

namespace ricercar {

/// The name of this machine; empty where it has none.
inline std::string hostName() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace ricercar
