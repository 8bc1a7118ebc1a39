#include "core/train/thread_choice.h"

#include <algorithm>

namespace ricercar {

int fastestThreads(int most, const std::function<double(int threads)>& seconds) {
    constexpr double worthwhile = 0.8;  // of the time with fewer
    int chosen = 1;
    if (most == 1) {
        return chosen;
    }
    double shortest = seconds(1);
    while (chosen < most) {
        const int more = std::min(2 * chosen, most);
        const double time = seconds(more);
        if (time > worthwhile * shortest) {
            break;
        }
        shortest = time;
        chosen = more;
    }
    return chosen;
}

}  // namespace ricercar
