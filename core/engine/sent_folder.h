#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "core/base/hash.h"
#include "core/base/result.h"

namespace ricercar {

/// A folder of files that a client on another machine sends: `sent/ID/NAME` in the cache, of links to
/// `sent/files/HASH`, so that what was sent once is not sent again. May be used by several threads at once.
class SentFolder {
public:
    /// `id` stands for the whole content, 32 hexadecimal digits; `name` is that of the client's folder. An error says
    /// what is wrong with one of them.
    static Result<SentFolder> open(const std::filesystem::path& cacheFolder, const std::string& id,
                                   const std::string& name);

    const std::filesystem::path& path() const { return m_folder; }
    /// Puts the file with this content at `relative`, if it was sent before; whether it was.
    Result<bool> place(const std::string& relative, const std::string& hash, std::uint64_t bytes) const;
    /// Puts a file with these bytes at `relative`.
    Result<void> put(const std::string& relative, std::span<const std::byte> bytes) const;

private:
    SentFolder(std::filesystem::path files, std::filesystem::path folder)
        : m_files(std::move(files)), m_folder(std::move(folder)) {}
    Result<void> link(const std::filesystem::path& content, const std::string& relative) const;

    std::filesystem::path m_files;
    std::filesystem::path m_folder;
};

}  // namespace ricercar
