#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

#include "core/base/descriptor.h"

namespace ricercar {

/// Bytes that have a path, for readers of files, but never reach a disk.
class MemoryFile {
public:
    explicit MemoryFile(std::span<const std::byte> bytes) : m_file(::memfd_create("fuzzed", MFD_CLOEXEC)) {
        if (::write(m_file.number(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
            std::abort();
        }
    }

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_file.number()); }

private:
    Descriptor m_file;
};

}  // namespace ricercar
