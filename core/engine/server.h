#pragma once

#include "core/engine/services.h"

namespace ricercar {

/// Answers the requests of docs/protocol.md that arrive on the descriptor `input`, on `output`, until `exit` or the end
/// of the input; then stops all jobs and returns when they have ended. Returns the exit status of the process: 1 for an
/// `exit` without `shutdown`, else 0.
///
/// The program must ignore SIGPIPE, and nothing else may write to `output`.
int serve(const Services& services, int input, int output);

}  // namespace ricercar
