#pragma once

#include <filesystem>
#include <vector>

#include "core/base/result.h"

namespace ricercar {

/// Every .sf2 and .sf3 file in the user's `soundfonts` folder (see `userDataFolder`), in /usr/local/share and
/// /usr/share under `sounds/sf3`, `sounds/sf2` and `soundfonts`; the best first, a file with several names once.
std::vector<std::filesystem::path> installedSoundFonts();

/// The font to play with: the one that the environment variable RICERCAR_SOUNDFONT names, else `setting`, else the best
/// one installed. The error says which file is missing or which package to install.
Result<std::filesystem::path> findSoundFont(const std::filesystem::path& setting = {});

}  // namespace ricercar
