#include "core/train/power.h"

#include <fstream>
#include <string>

namespace ricercar {

bool onBattery(const std::filesystem::path& supplies) {
    bool discharging = false;
    std::error_code error;
    for (const auto& supply : std::filesystem::directory_iterator(supplies, error)) {
        const auto says = [&](const char* name) {
            std::string word;
            std::ifstream(supply.path() / name) >> word;
            return word;
        };
        if (says("type") == "Battery") {
            discharging = discharging || (says("scope") != "Device" && says("status") == "Discharging");
        } else if (says("online") == "1") {
            return false;
        }
    }
    return discharging;
}

}  // namespace ricercar
