#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "core/base/progress.h"
#include "core/corpus/shard.h"

namespace ricercar {

/// The tokens of the usable pieces of a folder. Errors: nothing usable in it, and those of `scan`.
Result<std::shared_ptr<const TokenShard>> loadMusic(const std::filesystem::path& folder,
                                                    std::shared_ptr<const Vocabulary> vocabulary,
                                                    const ProgressSink& progress, std::stop_token stop);

}  // namespace ricercar
