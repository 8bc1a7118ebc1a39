#include "core/engine/detached_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/engine/host_name.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

struct ProcessState {
    std::uint64_t start = 0;  ///< in ticks since the machine's: the number alone may be another's by now
    bool ended = false;       ///< but nobody has waited for it
};

/// Nothing when there is no such process. See proc(5), `/proc/PID/stat`.
std::optional<ProcessState> stateOf(int process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    const std::string stat((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(stat.substr(stat.rfind(')') + 1));
    std::string letter;
    std::string skipped;
    fields >> letter;
    constexpr int fieldsBetween = 18;  // from the letter, the 3rd, to the start, the 22nd
    for (int field = 0; field < fieldsBetween; ++field) {
        fields >> skipped;
    }
    ProcessState state{0, letter == "Z" || letter == "X"};
    return fields >> state.start ? std::optional(state) : std::nullopt;
}

Descriptor openForWriting(const fs::path& path, int how) {
    return Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666));
}

}  // namespace

Result<void> DetachedRun::start(const ChildCommand& command) const {
    const Descriptor output = openForWriting(progress(), O_APPEND);
    const Descriptor error = openForWriting(errors(), O_TRUNC);
    if (!output.isOpen() || !error.isOpen()) {
        return failure("{}: {}", m_folder.string(), std::strerror(errno));
    }
    return startDetached(command, output, error).and_then([this](int process) {
        const Json identity{
            {"process", process}, {"start", stateOf(process).value_or(ProcessState{}).start}, {"host", hostName()}};
        return writeFileAtomically(processFile(), identity.dump() + '\n');
    });
}

std::optional<int> DetachedRun::process() const {
    const auto json = readTextFile(processFile()).and_then([](const std::string& text) { return parseJson(text); });
    const auto process = json ? field<int>(*json, "process") : failure("");
    if (!process || *process <= 1 || fieldOr(*json, "host", std::string()).value_or("") != hostName()) {
        return std::nullopt;
    }
    const auto state = stateOf(*process);
    if (!state || field<std::uint64_t>(*json, "start") != state->start) {
        return std::nullopt;
    }
    if (state->ended) {
        ::waitpid(*process, nullptr, WNOHANG);  // it may be a child of this one
        return std::nullopt;
    }
    return *process;
}

bool DetachedRun::isRunning() const { return process().has_value(); }

void DetachedRun::signal(int number) const {
    if (const auto group = process()) {
        ::kill(-*group, number);
    }
}

std::string DetachedRun::lastErrorLine() const {
    std::istringstream lines(readTextFile(errors()).value_or(""));
    std::string last;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty()) {
            last = line;
        }
    }
    return last;
}

LineTail::LineTail(fs::path file, bool fromEnd) : m_file(std::move(file)) {
    std::error_code error;
    const auto size = fs::file_size(m_file, error);
    m_offset = fromEnd && !error ? static_cast<std::int64_t>(size) : 0;
}

void LineTail::read(const std::function<void(std::string_view)>& onLine) {
    const Descriptor file(::open(m_file.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    ssize_t count = 0;
    while (file.isOpen() && (count = ::pread(file.number(), chunk.data(), chunk.size(), m_offset)) > 0) {
        m_offset += count;
        m_part.append(chunk.data(), static_cast<std::size_t>(count));
        std::size_t start = 0;
        for (std::size_t end = 0; (end = m_part.find('\n', start)) != std::string::npos; start = end + 1) {
            onLine(std::string_view(m_part).substr(start, end - start));
        }
        m_part.erase(0, start);
    }
}

}  // namespace ricercar
