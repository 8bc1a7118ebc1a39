#include "core/train/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace ricercar {

namespace {

constexpr std::int64_t emptyProcess = 200'000'000;  // libtorch, the vocabulary and the music
// Numbers of 32 bits.
constexpr std::int64_t forEachWeight = 6;  // itself, its gradient and moments, and what comes and goes
constexpr std::int64_t forEachUnit = 20;   // of the width of each layer
constexpr std::int64_t forEachLogit = 5;

constexpr double megabyte = 1e6;

}  // namespace

std::int64_t usedMemory() {
    std::ifstream statistics("/proc/self/statm");
    std::int64_t all = 0;
    std::int64_t resident = 0;
    statistics >> all >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

std::optional<std::int64_t> availableMemory() {
    std::ifstream facts("/proc/meminfo");
    std::string name;
    for (std::int64_t kibibytes = 0; facts >> name >> kibibytes; facts.ignore(64, '\n')) {
        if (name == "MemAvailable:") {
            return kibibytes * 1024;
        }
    }
    return std::nullopt;
}

std::int64_t trainingMemory(const NetworkConfig& config, std::int64_t tokens) {
    const std::int64_t units = std::int64_t{config.layers} * std::max(config.width, config.hidden / 4);
    const std::int64_t forEachToken = units * forEachUnit + config.vocabularySize * forEachLogit;
    return emptyProcess + 4 * (weightCount(config) * forEachWeight + tokens * forEachToken);
}

Result<int> rowsAtOnce(const NetworkConfig& config, int window, int rows, std::int64_t limit) {
    const std::int64_t none = trainingMemory(config, 0);
    const std::int64_t one = trainingMemory(config, window);
    if (one > limit) {
        return failure(
            "training takes {:.0f} megabytes of memory, but may use {:.0f}; choose a smaller preset, or allow "
            "more with --memory",
            static_cast<double>(one) / megabyte, static_cast<double>(limit) / megabyte);
    }
    return static_cast<int>(std::min<std::int64_t>(rows, (limit - none) / (one - none)));
}

}  // namespace ricercar
