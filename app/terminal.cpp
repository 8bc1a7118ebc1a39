#include "app/terminal.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include <fmt/format.h>

namespace ricercar {

std::stop_token interruption() {
    static const std::stop_token token = [] {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        auto source = std::make_shared<std::stop_source>();
        std::thread([signals, source] {
            int signal = 0;
            sigwait(&signals, &signal);
            source->request_stop();
            do {
                sigwait(&signals, &signal);
            } while (signal != SIGINT);
            _exit(128 + signal);
        }).detach();
        return source->get_token();
    }();
    return token;
}

ProgressSink terminalProgress() {
    if (isatty(STDERR_FILENO) == 0) {
        return {};
    }
    using Clock = std::chrono::steady_clock;
    return [start = Clock::now(), drawn = Clock::time_point{}](const Progress& progress) mutable {
        const auto now = Clock::now();
        const bool done = progress.fraction >= 1.0;
        if (!done && now - drawn < std::chrono::milliseconds(100)) {
            return;
        }
        drawn = now;
        constexpr int width = 24;
        const int filled = static_cast<int>(progress.fraction * width);
        const double elapsed = std::chrono::duration<double>(now - start).count();
        std::string left;
        if (progress.fraction > 0.01 && elapsed > 1.0 && !done) {
            const int seconds = static_cast<int>(elapsed / progress.fraction * (1 - progress.fraction));
            left = fmt::format("  {}:{:02} left", seconds / 60, seconds % 60);
        }
        fmt::print(stderr, "\r\033[K[{:#<{}}{:.<{}}] {:3.0f} %  {}{}", "", filled, "", width - filled,
                   progress.fraction * 100, progress.what, left);
        if (done) {
            fmt::print(stderr, "\n");
        }
        std::fflush(stderr);
    };
}

}  // namespace ricercar
