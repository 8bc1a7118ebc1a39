#include "core/engine/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "core/base/descriptor.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    Descriptor read;
    Descriptor write;
};

std::optional<Pipe> makePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// The lines of a pipe.
class Lines {
public:
    explicit Lines(Descriptor descriptor) : m_descriptor(std::move(descriptor)) {}

    const Descriptor& descriptor() const { return m_descriptor; }

    /// Reads what is there; closes at the end.
    void read(const std::function<void(std::string_view)>& onLine) {
        std::array<char, 16384> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init)
        const ssize_t count = ::read(m_descriptor.number(), chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) {
            return;
        }
        if (count <= 0) {
            m_descriptor.close();
        }
        for (const char byte : std::string_view(chunk.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)))) {
            if (byte == '\n') {
                finishLine(onLine);
            } else if (m_line.size() <= longest) {
                m_line.push_back(byte);
            }
        }
        if (!m_descriptor.isOpen()) {
            finishLine(onLine);
        }
    }

private:
    static constexpr std::size_t longest = 1 << 20;

    void finishLine(const std::function<void(std::string_view)>& onLine) {
        if (!m_line.empty() && m_line.size() <= longest) {
            onLine(m_line);
        }
        m_line.clear();
    }

    Descriptor m_descriptor;
    std::string m_line;
};

/// Whatever else wakes up takes the processor from this process at once (man 7 sched, SCHED_IDLE), and its files wait
/// for those of others. Async-signal-safe.
void makeIdle() {
    constexpr int thisProcess = 1;      // IOPRIO_WHO_PROCESS
    constexpr int idleFiles = 3 << 13;  // IOPRIO_CLASS_IDLE
    constexpr int lowest = 19;
    const sched_param none{};
    ::setpriority(PRIO_PROCESS, 0, lowest);  // where the policy is refused
    ::sched_setscheduler(0, SCHED_IDLE, &none);
    ::syscall(SYS_ioprio_set, thisProcess, 0, idleFiles);
}

/// The same for a session of its own, among which Linux may share the processor first (man 7 sched, autogroup).
void makeSessionIdle() {
    constexpr std::string_view low = "10";  // a tenth of what others get
    const int autogroup = ::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    [[maybe_unused]] const ssize_t written = ::write(autogroup, low.data(), low.size());
    ::close(autogroup);
}

/// All that a fork needs to become the program: nothing may be allocated after it.
class Program {
public:
    explicit Program(const ChildCommand& command)
        : m_words{command.program.string()},
          m_complaint(fmt::format("cannot start {}\n", command.program.string())),
          m_idle(command.idle) {
        m_words.insert(m_words.end(), command.arguments.begin(), command.arguments.end());
        for (std::string& word : m_words) {
            m_arguments.push_back(word.data());
        }
        m_arguments.push_back(nullptr);
    }

    /// A process in a group of its own, which gets SIGTERM when this one dies or, detached, in a session of its own,
    /// which nothing of ours ends. Negative when there is none.
    pid_t start(int output, int error, bool detached) const {
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child == 0) {
            become(detached ? std::nullopt : std::optional(parent), output, error);
        }
        return child;
    }

private:
    /// Only async-signal-safe calls: other threads may have held any lock when this one forked.
    [[noreturn]] void become(std::optional<pid_t> parent, int output, int error) const {
        if (parent) {
            ::setpgid(0, 0);
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // comes once for each thread of the parent
        } else {
            ::setsid();
        }
        if (m_idle) {
            makeIdle();
        }
        if (m_idle && !parent) {
            makeSessionIdle();
        }
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::signal(SIGPIPE, SIG_DFL);
        ::signal(SIGINT, SIG_DFL);
        ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(error, STDERR_FILENO);
        if (!parent || ::getppid() == *parent) {
            ::execv(m_arguments[0], m_arguments.data());
            [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, m_complaint.data(), m_complaint.size());
        }
        ::_exit(127);
    }

    std::vector<std::string> m_words;
    std::vector<char*> m_arguments;  ///< of the words, and null
    std::string m_complaint;
    bool m_idle;
};

}  // namespace

Result<int> startDetached(const ChildCommand& command, const Descriptor& output, const Descriptor& error) {
    const pid_t child = Program(command).start(output.number(), error.number(), true);
    if (child < 0) {
        return failure("cannot start {}: {}", command.program.string(), std::strerror(errno));
    }
    return child;
}

Result<ChildEnd> runChild(const ChildCommand& command, const std::function<void(std::string_view line)>& onLine,
                          const std::stop_token& stop) {
    auto output = makePipe();
    auto error = makePipe();
    const Descriptor stopping(::eventfd(0, EFD_CLOEXEC));
    if (!output || !error || !stopping.isOpen()) {
        return failure("cannot start {}: {}", command.program.string(), std::strerror(errno));
    }
    const pid_t child = Program(command).start(output->write.number(), error->write.number(), false);
    if (child < 0) {
        return failure("cannot start {}: {}", command.program.string(), std::strerror(errno));
    }
    ::setpgid(child, child);  // here too, so that a stop that comes at once finds the group
    output->write.close();
    error->write.close();
    const std::stop_callback wake(stop, [&stopping] { ::eventfd_write(stopping.number(), 1); });

    ChildEnd end;
    Lines lines(std::move(output->read));
    Lines complaints(std::move(error->read));
    std::optional<Clock::time_point> deadline;
    bool killed = false;
    while (lines.descriptor().isOpen() || complaints.descriptor().isOpen()) {
        std::array<pollfd, 3> ready{{{lines.descriptor().number(), POLLIN, 0},
                                     {complaints.descriptor().number(), POLLIN, 0},
                                     {deadline ? -1 : stopping.number(), POLLIN, 0}}};
        int timeout = -1;
        if (deadline && !killed) {
            timeout = static_cast<int>(std::max<std::int64_t>(
                0, std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count()));
        }
        ::poll(ready.data(), ready.size(), timeout);
        if (ready[0].revents != 0) {
            lines.read(onLine);
        }
        if (ready[1].revents != 0) {
            complaints.read([&end](std::string_view line) {
                end.lastErrorLine = line;
                if (end.firstErrorLine.empty()) {
                    end.firstErrorLine = line;
                }
            });
        }
        if (ready[2].revents != 0) {
            deadline = Clock::now() + command.patience;
            ::kill(-child, SIGINT);
        }
        if (deadline && !killed && Clock::now() >= *deadline) {
            killed = true;
            ::kill(-child, SIGKILL);
        }
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    end.exitStatus = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return end;
}

Result<void> succeeded(const ChildEnd& end) {
    constexpr int wrongUsage = 2;
    constexpr int killed = 128 + SIGKILL;
    if (end.exitStatus == 0) {
        return {};
    }
    if (end.exitStatus == killed) {
        return failure("the process was killed, perhaps because memory ran out");
    }
    // Wrong usage is told first, and then where to find help; other reasons come last, after warnings.
    const std::string& reason = end.exitStatus == wrongUsage ? end.firstErrorLine : end.lastErrorLine;
    return reason.empty() ? failure("the process ended with status {}", end.exitStatus) : failure("{}", reason);
}

}  // namespace ricercar
