#pragma once

#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// Where a track is written.
struct ChannelPlace {
    int port = 0;  ///< 0 to 127
    Channel channel;

    bool operator==(const ChannelPlace&) const = default;
};

/// A place for each track of `song`, as `writeSmf` promises: tracks with notes share a place only if they want the same
/// channel and have the same program changes; tracks without notes go where the first track of their channel went.
std::vector<ChannelPlace> planChannels(const Song& song);

}  // namespace ricercar
