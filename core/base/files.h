#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace ricercar {

/// The whole file. Errors name the path and the system's reason.
Result<std::vector<std::byte>> readFile(const std::filesystem::path& path);
Result<std::string> readTextFile(const std::filesystem::path& path);

/// Replaces the file at `path` whole or not at all, whatever happens meanwhile: writes a temporary file beside it,
/// syncs it, renames it over `path` and syncs the folder. Creates missing parent folders.
Result<void> writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view text);

/// The same without the syncs, which can take as long as everything else together: when the machine itself goes down
/// the file may be left empty. For what can be made again.
Result<void> writeCacheFile(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Appends a line to a log file and flushes it to the system.
Result<void> appendLine(const std::filesystem::path& path, std::string_view line);

/// A file mapped read-only into memory; unmapped on destruction. An empty file maps to no bytes.
class MappedFile {
public:
    static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return m_bytes; }

private:
    explicit MappedFile(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::span<const std::byte> m_bytes;
};

/// Where the program keeps what it can make again (`$XDG_CACHE_HOME/ricercar`) and what belongs to the user
/// (`$XDG_DATA_HOME/ricercar`). Neither is created here.
std::filesystem::path cacheFolder();
std::filesystem::path userDataFolder();

/// Files that ship with the program (`examples/`, `models/`, ...): `$RICERCAR_RESOURCES`, else the installed
/// `share/ricercar` beside the running program, else `resources/` of the source tree it was built from.
std::filesystem::path resourceFolder();

}  // namespace ricercar
