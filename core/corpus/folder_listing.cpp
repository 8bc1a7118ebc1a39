#include "core/corpus/folder_listing.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace ricercar {

namespace fs = std::filesystem;

namespace {

bool hasMidiEnding(const fs::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    static constexpr std::array<std::string_view, 5> endings = {".mid", ".midi", ".smf", ".kar", ".rmi"};
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

bool fileBeginsLikeMidi(const fs::path& path) {
    std::array<char, 12> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    return beginsLikeMidi(std::as_bytes(std::span(start)));
}

ListedFile listed(std::string path, const struct stat& status) {
    constexpr std::int64_t second = 1'000'000'000;
    return {std::move(path),
            static_cast<std::uint64_t>(status.st_size),
            status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec,
            {}};
}

class Walk {
public:
    explicit Walk(FolderListing& listing) : m_listing(listing) {}

    /// `relative` is empty for the root.
    std::error_code folder(const fs::path& relative, const struct stat& status) {
        if (!m_seen.emplace(status.st_dev, status.st_ino).second) {
            return {};
        }
        std::error_code error;
        std::vector<fs::path> names;
        for (fs::directory_iterator entry(m_listing.root / relative, error), end; !error && entry != end;
             entry.increment(error)) {
            names.push_back(entry->path().filename());
        }
        std::sort(names.begin(), names.end());
        for (const fs::path& name : names) {
            visit(relative / name);
        }
        return error;
    }

private:
    void visit(const fs::path& relative) {
        const fs::path path = m_listing.root / relative;
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) {
            const int reason = errno;
            if (hasMidiEnding(path)) {
                unreadable(relative, std::strerror(reason));
            } else {
                ++m_listing.otherFiles;
            }
        } else if (S_ISDIR(status.st_mode)) {
            if (const std::error_code error = folder(relative, status)) {
                unreadable(relative, "the folder cannot be read: " + error.message());
            }
        } else if (!S_ISREG(status.st_mode)) {
            if (hasMidiEnding(path)) {
                unreadable(relative, "not a regular file");
            } else {
                ++m_listing.otherFiles;
            }
        } else if (hasMidiEnding(path) && ::access(path.c_str(), R_OK) != 0) {
            unreadable(relative, std::strerror(errno));
        } else if (hasMidiEnding(path) || fileBeginsLikeMidi(path)) {
            m_listing.files.push_back(listed(relative.string(), status));
        } else {
            ++m_listing.otherFiles;
        }
    }
    void unreadable(const fs::path& relative, std::string problem) {
        m_listing.files.push_back({relative.string(), 0, 0, std::move(problem)});
    }

    FolderListing& m_listing;
    std::set<std::pair<dev_t, ino_t>> m_seen;
};

}  // namespace

bool beginsLikeMidi(std::span<const std::byte> bytes) {
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return start.starts_with("MThd") || (start.starts_with("RIFF") && start.substr(4).substr(0, 8).ends_with("RMID"));
}

Result<FolderListing> listFolder(const fs::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) {
        return failure("{}: {}", folder.string(),
                       errno == ENOENT ? "there is no such file or folder" : std::strerror(errno));
    }
    const fs::path absolute = fs::absolute(folder).lexically_normal();
    FolderListing listing;
    if (!S_ISDIR(status.st_mode)) {
        listing.root = absolute.parent_path();
        listing.files.push_back(listed(absolute.filename().string(), status));
        return listing;
    }
    listing.root = absolute;
    if (const std::error_code error = Walk(listing).folder({}, status)) {
        return failure("{}: the folder cannot be read: {}", folder.string(), error.message());
    }
    return listing;
}

}  // namespace ricercar
