#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/music/song.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// How many bars of a piece a sample begins with.
inline constexpr int sampleSeedBars = 4;

/// What a model goes on with after the first bars of `piece`, always with the same random numbers: new bars only.
/// Errors: those of `generate`; stopped; silence.
Result<Song> continuation(const std::shared_ptr<const Model>& model, const Song& piece, int bars,
                          const std::stop_token& stop = {});

/// Lets a model continue the first bars of a piece, so that the samples of a training run can be compared; leaves seed
/// and continuation as one MIDI file.
Result<void> writeSample(const std::filesystem::path& model, std::span<const Token> piece,
                         const std::filesystem::path& path);

}  // namespace ricercar
