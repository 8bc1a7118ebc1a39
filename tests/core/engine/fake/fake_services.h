#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/engine/services.h"

namespace ricercar::fake {

/// What the fake services count and how fast they are.
struct Pace {
    std::chrono::milliseconds token{0};   ///< to draw one note of each take
    std::function<void()> beforePrepare;  ///< may wait, or throw
    std::atomic<int> opened = 0;
    std::atomic<int> prepared = 0;
    std::atomic<int> drawn = 0;
    std::atomic<int> generationsRunning = 0;
};

/// Services that compose without a model: each take is a scale of quarter notes in bars of 4/4 that starts at pitch
/// 36 + `rng` % 48, four notes a bar, one further take a fifth higher. The one model is "default"; a model named
/// "broken" exists and does not open. A scan counts to 100 and reports the folder. `pace` must outlive the services.
Services services(Pace& pace, const std::filesystem::path& takesFolder);

}  // namespace ricercar::fake
