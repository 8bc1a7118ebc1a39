#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "core/analysis/comparison.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/bench/bench.h"
#include "core/bench/piped_server.h"
#include "core/bench/training_child.h"

namespace ricercar {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 16;
constexpr int bars = 8;
constexpr int takes = 4;
constexpr double latestCancel = 0.1;  // s after the start

double millisecondsSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Milliseconds of each round.
struct Times {
    std::vector<double> firstNote;
    std::vector<double> allTakes;
    std::vector<double> cancel;
};

/// One of the window's clicks on Generate.
class Click {
public:
    Click(PipedServer& server, const std::string& seedId, int rng) : m_server(server) {
        m_started =
            server.request("generate/start", {{"seedId", seedId}, {"bars", bars}, {"takes", takes}, {"rng", rng}});
    }

    Result<void> cancel() {
        m_start = Clock::now();
        m_server.send("job/cancel", *m_started);
        return wait();
    }
    /// Until the job is done.
    Result<void> wait() {
        if (!m_started) {
            return tl::make_unexpected(m_started.error());
        }
        for (;;) {
            const auto message = m_server.receive();
            if (!message) {
                return tl::make_unexpected(message.error());
            }
            const std::string method = message->value("method", "");
            if (method == "generate/note" && firstNote == 0) {
                firstNote = millisecondsSince(m_start);
            }
            if (method == "generate/done") {
                done = millisecondsSince(m_start);
                return {};
            }
        }
    }

    double firstNote = 0;
    double done = 0;

private:
    PipedServer& m_server;
    Clock::time_point m_start = Clock::now();
    Result<Json> m_started;
};

Result<void> measureRound(PipedServer& server, const fs::path& seed, int round, Times& times) {
    const auto prepared = server.request("seed/prepare", {{"seed", {{"path", seed.string()}}}});
    if (!prepared) {
        return tl::make_unexpected(prepared.error());
    }
    const auto seedId = (*prepared)["seedId"].get<std::string>();
    Click whole(server, seedId, round);
    if (const auto waited = whole.wait(); !waited) {
        return waited;
    }
    times.firstNote.push_back(whole.firstNote);
    times.allTakes.push_back(whole.done);

    Click stopped(server, seedId, round);
    Random random(static_cast<std::uint64_t>(round));
    std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform() * latestCancel));
    const auto waited = stopped.cancel();
    times.cancel.push_back(stopped.done);
    return waited;
}

Result<Times> measureRounds(PipedServer& server, const std::stop_token& stop) {
    std::vector<fs::path> seeds;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "examples")) {
        seeds.push_back(entry.path());
    }
    std::ranges::sort(seeds);
    Times times;
    for (int round = 0; round < rounds && !stop.stop_requested(); ++round) {
        const auto& seed = seeds[static_cast<std::size_t>(round) % seeds.size()];
        if (const auto measured = measureRound(server, seed, round, times); !measured) {
            return tl::make_unexpected(measured.error());
        }
    }
    return times;
}

}  // namespace

Result<void> measureComposing(const Services& services, const FigureSink& sink, const std::stop_token& stop) {
    PipedServer server(services);
    if (const auto ready = server.request("initialize", Json::object()); !ready) {
        return tl::make_unexpected(ready.error());
    }
    for (const bool training : {false, true}) {
        const auto child = training ? std::make_unique<TrainingChild>(services.program, 1) : nullptr;
        if (child) {
            if (const auto learns = child->speeds(1, stop); !learns) {
                return tl::make_unexpected(learns.error());
            }
        }
        const auto times = measureRounds(server, stop);
        if (!times || times->cancel.empty()) {
            return times ? Result<void>() : tl::make_unexpected(times.error());
        }
        const char* when = training ? ", while a model is trained" : "";
        for (const auto& [name, values] :
             {std::pair("first note", &times->firstNote), std::pair("four takes of eight bars", &times->allTakes),
              std::pair("cancelling", &times->cancel)}) {
            sink({fmt::format("{}{}: median", name, when), quantile(*values, 0.5), "ms"});
            sink({fmt::format("{}{}: 99th percentile", name, when), quantile(*values, 0.99), "ms"});
        }
    }
    return {};
}

}  // namespace ricercar
