#pragma once

#include <functional>
#include <string>

namespace ricercar {

/// How far long work has come.
struct Progress {
    double fraction = 0.0;  ///< 0 to 1
    std::string what;       ///< what is being done, e.g. "file 120 of 8500"
};

/// Called now and then by long work, on the thread that does the work; may be empty.
using ProgressSink = std::function<void(const Progress&)>;

}  // namespace ricercar
