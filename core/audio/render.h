#pragma once

#include <filesystem>
#include <stop_token>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/music/song.h"

namespace ricercar {

/// Writes the song as a sound file, as `Player` would play it, with the tail in which the last notes die away. The
/// ending of `file` chooses the format: .wav, .flac (16 bits) or .ogg (Vorbis), stereo, 48 kHz. The file is written
/// under a temporary name beside `file` and is there whole or not at all.
Result<void> renderToFile(const Song& song, const std::filesystem::path& file, const std::filesystem::path& soundFont,
                          const ProgressSink& progress = {}, const std::stop_token& stop = {});

}  // namespace ricercar
