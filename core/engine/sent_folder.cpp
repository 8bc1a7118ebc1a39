#include "core/engine/sent_folder.h"

#include <algorithm>
#include <system_error>

#include "core/base/files.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

bool isHash(const std::string& text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A path that stays inside the folder that it is relative to.
bool staysInside(const fs::path& path) {
    return !path.empty() && path.is_relative() && path.has_filename() &&
           std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".." || part == "."; });
}

}  // namespace

Result<SentFolder> SentFolder::open(const fs::path& cacheFolder, const std::string& id, const std::string& name) {
    if (!isHash(id)) {
        return failure("\"{}\" does not stand for a folder: it must have 32 hexadecimal digits", id);
    }
    if (!staysInside(name) || fs::path(name).has_parent_path()) {
        return failure("\"{}\" is no name of a folder", name);
    }
    const fs::path sent = cacheFolder / "sent";
    return SentFolder(sent / "files", sent / id / name);
}

Result<bool> SentFolder::place(const std::string& relative, const std::string& hash, std::uint64_t bytes) const {
    std::error_code error;
    const fs::path content = m_files / hash;
    // One that was cut off when the machine went down has another size.
    if (!isHash(hash) || fs::file_size(content, error) != bytes || error) {
        return false;
    }
    return link(content, relative).map([] { return true; });
}

Result<void> SentFolder::put(const std::string& relative, std::span<const std::byte> bytes) const {
    const fs::path content = m_files / contentHash(bytes).hex();
    return writeCacheFile(content, bytes).and_then([&] { return link(content, relative); });
}

Result<void> SentFolder::link(const fs::path& content, const std::string& relative) const {
    if (!staysInside(relative)) {
        return failure("\"{}\" is no path inside a folder", relative);
    }
    const fs::path path = m_folder / relative;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    fs::remove(path, error);
    fs::create_hard_link(content, path, error);
    if (error) {
        fs::copy_file(content, path, fs::copy_options::overwrite_existing, error);
    }
    return error ? failure("{}: {}", path.string(), error.message()) : Result<void>();
}

}  // namespace ricercar
