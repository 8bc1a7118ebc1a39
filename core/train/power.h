#pragma once

#include <filesystem>

namespace ricercar {

/// Where Linux tells of chargers and batteries.
inline constexpr const char* powerSupplies = "/sys/class/power_supply";

/// Whether the machine runs on its battery: one that is not that of a mouse or the like is discharging, and no charger
/// gives power. False where nothing is known.
bool onBattery(const std::filesystem::path& supplies = powerSupplies);

}  // namespace ricercar
