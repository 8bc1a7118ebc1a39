#pragma once

#include <filesystem>
#include <span>

#include "core/base/result.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Lets a model continue the first bars of a piece, always with the same random numbers, so that the samples of a
/// training run can be compared; leaves seed and continuation as one MIDI file.
Result<void> writeSample(const std::filesystem::path& model, std::span<const Token> piece,
                         const std::filesystem::path& path);

}  // namespace ricercar
