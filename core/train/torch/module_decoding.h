#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace ricercar {

/// `NetworkBackend::moduleDecodingSpeed`.
Result<double> moduleDecodingSpeed(const std::filesystem::path& model, int rows);

}  // namespace ricercar
