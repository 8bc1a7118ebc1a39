#pragma once

#include "core/base/json.h"
#include "core/engine/rpc/message.h"
#include "core/music/song.h"

namespace ricercar {

/// The music that the parameter `seed` of a request names: `midi` (base64 of a MIDI file), `path` or `notes`; the
/// first two with `firstBar` and `lastBar`, counted from 1. An empty object means "from nothing" and gives an empty
/// song. Errors: `invalidParams` for the request, `requestFailed` for the file.
RpcResult<Song> readSeed(const Json& seed);

}  // namespace ricercar
