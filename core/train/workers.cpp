#include "core/train/workers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "core/base/hash.h"

namespace ricercar {

namespace {

/// Nothing where the variable is not set or empty.
std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

Result<void> readNumber(const char* name, int low, int high, int& number) {
    const auto text = variable(name);
    if (!text) {
        return {};
    }
    const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (wrong != std::errc() || end != text->data() + text->size() || number < low || number > high) {
        return failure("the environment says {}={}; a whole number from {} to {} is needed", name, *text, low, high);
    }
    return {};
}

/// Alone where the environment does not speak of workers.
Result<WorkerPlace> placeOfEnvironment() {
    constexpr std::array needed = {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"};
    const char* given = nullptr;
    const char* missing = nullptr;
    for (const char* name : needed) {
        (variable(name) ? given : missing) = name;
    }
    if (given == nullptr) {
        return WorkerPlace();
    }
    if (missing != nullptr) {
        return failure(
            "the environment has {} but not {}; workers that train together need RANK, WORLD_SIZE, MASTER_ADDR and "
            "MASTER_PORT, as torchrun sets them, and one alone none of them",
            given, missing);
    }
    constexpr int most = 1'000'000;
    WorkerPlace place;
    place.address = *variable("MASTER_ADDR");
    place.storeOfTorchrun = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
    return readNumber("WORLD_SIZE", 1, most, place.count)
        .and_then([&] { return readNumber("RANK", 0, place.count - 1, place.rank); })
        .and_then([&] { return readNumber("LOCAL_RANK", 0, place.count - 1, place.localRank); })
        .and_then([&] { return readNumber("MASTER_PORT", 1, 65'535, place.port); })
        .and_then([&] { return readNumber("TORCHELASTIC_RESTART_COUNT", 0, most, place.restarts); })
        .map([&] { return place; });
}

}  // namespace

Result<Workers> Workers::join(const NetworkBackend& backend, const std::string& device, double seconds,
                              std::optional<int> batch, const std::stop_token& stop) {
    return placeOfEnvironment().and_then([&](const WorkerPlace& place) -> Result<Workers> {
        Workers workers;
        workers.m_place = place;
        if (auto checked = batch ? workers.checkBatch(*batch) : Result<void>(); !checked) {
            return tl::make_unexpected(checked.error());
        }
        if (place.count > 1) {
            auto group = backend.join(place, device, seconds, stop);
            if (!group) {
                return tl::make_unexpected(group.error());
            }
            workers.m_group = std::move(*group);
        }
        return workers;
    });
}

Result<void> Workers::checkBatch(int windows) const {
    return windows >= count()
               ? Result<void>()
               : failure("a step of {} windows cannot be shared by {} workers; choose a larger --batch, or more music",
                         windows, count());
}

Result<void> Workers::sum(std::span<double> numbers) const {
    const auto done = m_group ? m_group->sum(numbers) : Result<void>();
    return done ? Result<void>() : failure("worker {} of {}: {}", m_place.rank, count(), done.error().message);
}

Result<void> Workers::share(std::span<double> numbers) const {
    if (!lead()) {
        std::fill(numbers.begin(), numbers.end(), 0.0);
    }
    return sum(numbers);
}

Result<void> Workers::checkSame(const std::string& text) const {
    const ContentHash hash = contentHash(text);
    std::array<double, 4> own{};  // 32 bits each, which a double holds
    for (std::size_t part = 0; part < own.size(); ++part) {
        own[part] = static_cast<double>(static_cast<std::uint32_t>((part < 2 ? hash.high : hash.low) >> part % 2 * 32));
    }
    auto leading = own;
    return share(leading).and_then([&] {
        std::array<double, 1> others = {own == leading ? 0.0 : 1.0};
        return sum(others).and_then([&] {
            return others[0] == 0
                       ? Result<void>()
                       : failure("{:.0f} of {} workers read other music or have other settings than worker 0",
                                 others[0], count());
        });
    });
}

std::vector<TokenBatch> Workers::own(std::span<const TokenBatch> batches) const {
    std::vector<TokenBatch> some;
    for (auto index = static_cast<std::size_t>(m_place.rank); index < batches.size();
         index += static_cast<std::size_t>(count())) {
        some.push_back(batches[index]);
    }
    return some;
}

TokenBatch Workers::own(const TokenBatch& batch) const {
    const int first = batch.rows * m_place.rank / count();
    const int last = batch.rows * (m_place.rank + 1) / count();
    return batch.part(first, last);
}

}  // namespace ricercar
