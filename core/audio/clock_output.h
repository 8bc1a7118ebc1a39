#pragma once

#include <filesystem>

#include "core/audio/output.h"

namespace ricercar {

/// Asks for samples by the clock and drops them.
std::unique_ptr<Output> silentOutput(double sampleRate, std::string because);

/// Asks for samples by the clock and writes them to a WAV file, which is whole after every buffer.
std::unique_ptr<Output> fileOutput(double sampleRate, const std::filesystem::path& path);

}  // namespace ricercar
