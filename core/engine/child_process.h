#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace ricercar {

struct ChildCommand {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::chrono::milliseconds patience{10'000};  ///< from SIGINT to SIGKILL
    int niceness = 0;                            ///< added to ours
};

struct ChildEnd {
    int exitStatus = 0;          ///< 128 + signal when a signal ended it
    std::string firstErrorLine;  ///< of its standard error
    std::string lastErrorLine;
};

/// Runs a program in a process group of its own, with no input, until it ends, and calls `onLine` on this thread for
/// each line of its standard output (lines longer than 1 MiB are left out). A requested stop sends SIGINT to the group,
/// and SIGKILL if it has not ended after the patience. When this process dies the program gets SIGTERM.
Result<ChildEnd> runChild(const ChildCommand& command, const std::function<void(std::string_view line)>& onLine,
                          const std::stop_token& stop);

}  // namespace ricercar
