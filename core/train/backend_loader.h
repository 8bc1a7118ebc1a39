#pragma once

#include "core/train/network_backend.h"

namespace ricercar {

/// Sets what the numeric libraries read from the environment when they are loaded, unless the user has set it: the
/// OpenBLAS kernels that suit this processor, and threads that sleep while they wait. Call at the start of main, before
/// any other thread.
void prepareNumericEnvironment();

/// Loads the module `ricercar-torch.so` that lies in `lib/ricercar` beside the program's folder; takes about half a
/// second the first time, after that nothing. Any thread. The error says what to install.
Result<const NetworkBackend*> loadNetworkBackend();

}  // namespace ricercar
