#include "core/edit/resolution.h"

#include <algorithm>
#include <limits>

#include "core/edit/retime.h"

namespace ricercar {

Song withResolution(const Song& song, int ticksPerQuarter) {
    if (ticksPerQuarter == song.ticksPerQuarter) {
        return song;
    }
    const std::int64_t from = song.ticksPerQuarter;
    const std::int64_t to = ticksPerQuarter;
    const std::int64_t mostQuarters = std::numeric_limits<std::int64_t>::max() / 4 / to;
    Song result = retimed(song, [&](Tick tick) {
        const std::int64_t quarters = std::min(tick.value / from, mostQuarters);
        return Tick{quarters * to + (tick.value % from * to + from / 2) / from};
    });
    result.ticksPerQuarter = ticksPerQuarter;
    return result;
}

}  // namespace ricercar
