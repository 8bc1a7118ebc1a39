#pragma once

#include "core/music/key.h"
#include "core/music/song.h"

namespace ricercar {

/// How much the end of `song` sounds like an end in `key`, 0 to 1: the mean of
/// - the bass: whether the lowest pitch of the last chord is the tonic;
/// - the harmony: which share of the last chord's pitches are in the tonic triad;
/// - the rest: how near the last chord's length comes to half a bar;
/// - the calm: whether the last bar has no more than half the onsets of the bars before it on average, falling to 0
///   where it has as many.
/// The last chord is what sounds at the last onset, drums left out. A song of drums alone has only the calm; silence
/// has 0.
double cadence(const Song& song, const Key& key);

}  // namespace ricercar
