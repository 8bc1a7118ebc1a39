#include "core/base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/descriptor.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> systemFailure(const char* doing, const fs::path& path) {
    return failure("cannot {} {}: {}", doing, path.string(), std::strerror(errno));
}

bool writeAll(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

/// Opens a file that has a size: not a folder, and not a pipe, which might never say a word.
Result<Descriptor> openForReading(const fs::path& path, struct stat& status) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen() || ::fstat(file.number(), &status) != 0) {
        return systemFailure("open", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return failure("cannot open {}: it is {}", path.string(), S_ISDIR(status.st_mode) ? "a folder" : "no file");
    }
    return file;
}

/// Reads the whole file into `content`, a vector of bytes or a string.
template <typename Container>
Result<Container> readWhole(const fs::path& path) {
    struct stat status {};
    const auto file = openForReading(path, status);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    Container content;
    content.resize(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = ::read(file->number(), content.data() + done, content.size() - done);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return systemFailure("read", path);
        }
        if (count == 0) {
            break;
        }
        done += static_cast<std::size_t>(count);
    }
    content.resize(done);
    return content;
}

fs::path folderFromEnvironment(const char* variable, const char* fallbackBelowHome) {
    if (const char* folder = std::getenv(variable); folder != nullptr && *folder == '/') {
        return fs::path(folder) / "ricercar";
    }
    const char* home = std::getenv("HOME");
    return fs::path(home != nullptr ? home : "/tmp") / fallbackBelowHome / "ricercar";
}

Result<void> replaceFile(const fs::path& path, std::span<const std::byte> bytes, bool sync) {
    std::error_code error;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    fs::create_directories(folder, error);
    std::string temporary = (folder / fmt::format(".{}.XXXXXX", path.filename().string())).string();
    {
        const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
        if (!file.isOpen()) {
            return systemFailure("write", path);
        }
        const mode_t mask = ::umask(0);
        ::umask(mask);
        ::fchmod(file.number(), 0666 & ~mask);
        if (!writeAll(file.number(), bytes) || (sync && ::fsync(file.number()) != 0)) {
            const auto reason = systemFailure("write", path);
            ::unlink(temporary.c_str());
            return reason;
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const auto reason = systemFailure("write", path);
        ::unlink(temporary.c_str());
        return reason;
    }
    if (sync) {
        const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (directory.isOpen()) {
            ::fsync(directory.number());
        }
    }
    return {};
}

}  // namespace

Result<std::vector<std::byte>> readFile(const fs::path& path) { return readWhole<std::vector<std::byte>>(path); }

Result<std::string> readTextFile(const fs::path& path) { return readWhole<std::string>(path); }

Result<void> writeFileAtomically(const fs::path& path, std::span<const std::byte> bytes) {
    return replaceFile(path, bytes, true);
}

Result<void> writeCacheFile(const fs::path& path, std::span<const std::byte> bytes) {
    return replaceFile(path, bytes, false);
}

Result<void> writeFileAtomically(const fs::path& path, std::string_view text) {
    return writeFileAtomically(path, std::as_bytes(std::span(text)));
}

Result<void> appendLine(const fs::path& path, std::string_view line) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    const std::string text = std::string(line) + '\n';
    if (!file.isOpen() || !writeAll(file.number(), std::as_bytes(std::span(text)))) {
        return systemFailure("write", path);
    }
    return {};
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
    struct stat status {};
    const auto file = openForReading(path, status);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        return MappedFile({});
    }
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file->number(), 0);
    if (address == MAP_FAILED) {
        return systemFailure("map", path);
    }
    return MappedFile({static_cast<const std::byte*>(address), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : m_bytes(std::exchange(other.m_bytes, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

MappedFile::~MappedFile() {
    if (!m_bytes.empty()) {
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
    }
}

fs::path cacheFolder() { return folderFromEnvironment("XDG_CACHE_HOME", ".cache"); }

fs::path userDataFolder() { return folderFromEnvironment("XDG_DATA_HOME", ".local/share"); }

fs::path resourceFolder() {
    if (const char* folder = std::getenv("RICERCAR_RESOURCES"); folder != nullptr && *folder != '\0') {
        return folder;
    }
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        const fs::path installed = program.parent_path().parent_path() / "share/ricercar";
        if (fs::is_directory(installed, error)) {
            return installed;
        }
    }
    return RICERCAR_RESOURCE_FOLDER;
}

}  // namespace ricercar
