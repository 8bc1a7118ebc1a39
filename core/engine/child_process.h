#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/descriptor.h"
#include "core/base/result.h"

namespace ricercar {

struct ChildCommand {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::chrono::milliseconds patience{10'000};  ///< from SIGINT to SIGKILL
    bool idle = false;                           ///< it runs, reads and writes when nothing else wants to
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

/// How a child ended that was to end with status 0: an error says why it did not.
Result<void> succeeded(const ChildEnd& end);

/// Starts a program in a session of its own, with no input, that goes on whatever becomes of this process; its number.
/// A program that cannot be run writes why to `error` and ends with status 127. The patience is of no meaning here.
Result<int> startDetached(const ChildCommand& command, const Descriptor& output, const Descriptor& error);

}  // namespace ricercar
