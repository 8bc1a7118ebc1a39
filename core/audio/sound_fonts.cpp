#include "core/audio/sound_fonts.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/files.h"

namespace ricercar {

namespace {

namespace fs = std::filesystem;

/// What names of fonts begin with, the best for their size first; others come after these.
constexpr std::array<std::string_view, 4> preferred{"FluidR3Mono", "MuseScore_General", "FluidR3_GM", "TimGM6mb"};

auto rank(const fs::path& font) {
    const std::string name = font.filename().string();
    const auto place = std::find_if(preferred.begin(), preferred.end(),
                                    [&](std::string_view beginning) { return name.starts_with(beginning); });
    return std::pair(place - preferred.begin(), name);
}

Result<fs::path> existing(const fs::path& font) {
    std::error_code ignored;
    if (!fs::is_regular_file(font, ignored)) {
        return failure("{}: there is no such sound font", font.string());
    }
    return font;
}

}  // namespace

std::vector<fs::path> installedSoundFonts() {
    std::vector<fs::path> folders{userDataFolder() / "soundfonts"};
    for (const char* share : {"/usr/local/share", "/usr/share"}) {
        for (const char* folder : {"sounds/sf3", "sounds/sf2", "soundfonts"}) {
            folders.push_back(fs::path(share) / folder);
        }
    }
    std::vector<fs::path> fonts;
    for (const fs::path& folder : folders) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder, ignored)) {
            const fs::path ending = entry.path().extension();
            if ((ending == ".sf2" || ending == ".sf3") && entry.is_regular_file(ignored)) {
                fonts.push_back(entry.path());
            }
        }
    }
    std::stable_sort(fonts.begin(), fonts.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
    std::set<fs::path> seen;
    std::erase_if(fonts, [&](const fs::path& font) {
        std::error_code ignored;
        return !seen.insert(fs::canonical(font, ignored)).second;
    });
    return fonts;
}

Result<fs::path> findSoundFont(const fs::path& setting) {
    if (const char* forced = std::getenv("RICERCAR_SOUNDFONT"); forced != nullptr && *forced != '\0') {
        return existing(forced);
    }
    if (!setting.empty()) {
        return existing(setting);
    }
    const auto fonts = installedSoundFonts();
    if (fonts.empty()) {
        return failure("no sound font is installed (sudo apt install fluidr3mono-gm-soundfont)");
    }
    return fonts.front();
}

}  // namespace ricercar
