#pragma once

#include <stop_token>

#include "core/base/progress.h"

namespace ricercar {

/// Stops when the user presses Ctrl+C or the program gets SIGTERM, however often; a further Ctrl+C ends it at once. The
/// first call must come before any other thread is started.
std::stop_token interruption();

/// A sink that keeps one line of standard error up to date with bar, percentage and time left; draws nothing when
/// standard error is not a terminal.
ProgressSink terminalProgress();

}  // namespace ricercar
