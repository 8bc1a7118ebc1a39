#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace ricercar {

/// A MIDI file by its name (.mid, .midi, .smf, .kar, .rmi in any case) or, under another name, by its first bytes; or
/// a part of the folder that cannot be read.
struct ListedFile {
    std::string path;           ///< relative to the folder, with '/'
    std::uint64_t bytes = 0;    ///< size of the file
    std::int64_t modified = 0;  ///< nanoseconds since 1970
    std::string problem;        ///< why it cannot be read; empty when it may be
};

struct FolderListing {
    std::filesystem::path root;     ///< absolute; what the paths are relative to
    std::vector<ListedFile> files;  ///< in the order of their names, folder by folder
    std::uint64_t otherFiles = 0;   ///< that are no MIDI files
};

/// Everything below `folder`, links followed, each folder once, however the links lead; or just the file that
/// `folder` is, whatever its name. The error says that there is nothing at `folder` or that it cannot be opened.
Result<FolderListing> listFolder(const std::filesystem::path& folder);

/// Whether the first 12 bytes are those of a MIDI file, bare or in a RIFF wrapper.
bool beginsLikeMidi(std::span<const std::byte> bytes);

}  // namespace ricercar
