#pragma once

#include <functional>

namespace ricercar {

/// How many threads to compute with, found by trying: `seconds` says how long the same work takes with so many. Doubles
/// the threads up to `most` as long as that makes the work at least a fifth faster: on a machine whose cores others
/// use, several threads that wait for each other are often slower than one.
int fastestThreads(int most, const std::function<double(int threads)>& seconds);

}  // namespace ricercar
