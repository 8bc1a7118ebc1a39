#pragma once

#include <ctime>

namespace ricercar {

/// Seconds that this thread has had of a processor: what others do with the core does not count.
inline double processorSeconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace ricercar
