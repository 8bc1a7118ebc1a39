// An engine that stands in for the real one in tests: `serve` with the fake services, and `train` and `evaluate` as
// the server runs them.

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/engine/server.h"
#include "tests/core/engine/fake/fake_services.h"

namespace {

using ricercar::Json;

void print(const Json& event) {
    std::puts(event.dump().c_str());
    std::fflush(stdout);
}

/// Trains until SIGINT; what goes wrong is in the folder's name.
int train(const std::vector<std::string>& arguments) {
    const std::filesystem::path folder = arguments.back();
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, nullptr);
    std::puts("this line is no JSON");
    print({{"event", "start"},
           {"process", getpid()},
           {"idle", sched_getscheduler(0) == SCHED_IDLE && getpriority(PRIO_PROCESS, 0) == 19},
           {"ownGroup", getpgrp() == getpid()},
           {"arguments", arguments}});
    print({{"event", "step"},
           {"step", 100},
           {"epoch", 0.5},
           {"trainNatsPerToken", 1.92},
           {"trainNatsPerNote", 5.31},
           {"tokensPerSecond", 5710.0},
           {"learningRate", 0.003},
           {"fraction", 0.02},
           {"secondsLeft", 1764.0}});
    if (folder.filename() == "broken") {
        std::fputs("warming up\nno MIDI files in this folder\n", stderr);
        return 1;
    }
    if (folder.filename() == "misused") {
        std::fputs("--preset: huge is not a preset\nRun with --help for more information.\n", stderr);
        return 2;
    }
    if (folder.filename() == "crashing") {
        raise(SIGKILL);
    }
    if (folder.filename() == "short") {
        return 0;
    }
    int signal = 0;
    do {
        sigwait(&interrupt, &signal);
    } while (folder.filename() == "stubborn");
    print({{"event", "end"}, {"reason", "stopped"}});
    return 0;
}

int evaluate(const std::vector<std::string>& arguments) {
    if (arguments.back().ends_with("missing")) {
        std::fputs("there is no such folder\n", stderr);
        return 1;
    }
    std::puts(Json{{"accuracy", 0.81}, {"natsPerToken", 0.85}, {"natsPerNote", 3.21}, {"natsPerQuarter", 4.87}}
                  .dump(2)
                  .c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string command = arguments.empty() ? "" : arguments[0];
    if (command == "train") {
        return train(arguments);
    }
    if (command == "evaluate") {
        return evaluate(arguments);
    }
    if (command != "serve") {
        std::fputs("usage: fake-engine serve|train|evaluate\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    ricercar::fake::Pace pace;
    pace.token = std::chrono::milliseconds(5);
    return ricercar::serve(ricercar::fake::services(pace, std::filesystem::temp_directory_path() / "ricercar-fake"),
                           STDIN_FILENO, STDOUT_FILENO);
}
