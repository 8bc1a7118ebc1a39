#include <algorithm>
#include <chrono>
#include <memory>
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

constexpr int bars = 8;
constexpr int takes = 4;
constexpr int cancelled = 10;         // generations after each seed, beside the one that is waited for
constexpr double latestCancel = 0.1;  // s after the first note

double millisecondsSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Milliseconds of each generation.
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

    /// Until the first note has come, or the end without one.
    Result<void> waitForNote() {
        return wait([this] { return firstNote > 0; });
    }
    /// Until the job is done.
    Result<void> waitForEnd() {
        return wait([] { return false; });
    }
    /// Likewise, from now on.
    Result<void> cancel() {
        if (done > 0) {
            return {};
        }
        m_start = Clock::now();
        m_server.send("job/cancel", *m_started);
        return waitForEnd();
    }

    double firstNote = 0;
    double done = 0;

private:
    template <typename Enough>
    Result<void> wait(Enough enough) {
        if (!m_started) {
            return tl::make_unexpected(m_started.error());
        }
        while (done == 0 && !enough()) {
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
            }
        }
        return {};
    }

    PipedServer& m_server;
    Clock::time_point m_start = Clock::now();
    Result<Json> m_started;
};

Result<void> measureSeed(PipedServer& server, const fs::path& model, const fs::path& seed, Random& random,
                         Times& times) {
    const auto prepared =
        server.request("seed/prepare", {{"model", model.string()}, {"seed", {{"path", seed.string()}}}});
    if (!prepared) {
        return tl::make_unexpected(prepared.error());
    }
    const auto seedId = (*prepared)["seedId"].get<std::string>();
    Click whole(server, seedId, 0);
    auto waited = whole.waitForEnd();
    times.firstNote.push_back(whole.firstNote);
    times.allTakes.push_back(whole.done);
    for (int rng = 1; waited && rng <= cancelled; ++rng) {
        Click stopped(server, seedId, rng);
        waited = stopped.waitForNote();
        times.firstNote.push_back(stopped.firstNote);
        std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform() * latestCancel));
        waited = waited.and_then([&] { return stopped.cancel(); });
        times.cancel.push_back(stopped.done);
    }
    return waited;
}

Result<Times> measureSeeds(PipedServer& server, const fs::path& model, const std::stop_token& stop) {
    std::vector<fs::path> seeds;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "examples")) {
        seeds.push_back(entry.path());
    }
    std::ranges::sort(seeds);
    Times times;
    Random random(1);
    for (const fs::path& seed : seeds) {
        if (stop.stop_requested()) {
            break;
        }
        if (const auto measured = measureSeed(server, model, seed, random, times); !measured) {
            return tl::make_unexpected(measured.error());
        }
    }
    return times;
}

}  // namespace

Result<void> measureComposing(const Services& services, const fs::path& file, const Peers& peers,
                              const FigureSink& sink, const std::stop_token& stop) {
    PipedServer server(services);
    if (const auto ready = server.request("initialize", Json::object()); !ready) {
        return tl::make_unexpected(ready.error());
    }
    for (const bool training : {false, true}) {
        if (training && peers.torch == nullptr) {
            break;
        }
        const auto child = training ? std::make_unique<TrainingChild>(services.program, 1) : nullptr;
        if (child) {
            if (const auto learns = child->speeds(1, stop); !learns) {
                return tl::make_unexpected(learns.error());
            }
        }
        const auto times = measureSeeds(server, file, stop);
        if (!times || stop.stop_requested()) {
            return times ? Result<void>() : tl::make_unexpected(times.error());
        }
        const std::string when = training ? ", while a model is trained" : "";
        const auto tell = [&](const char* name, const std::vector<double>& values, const char* high, double share) {
            sink({fmt::format("{}{}: median", name, when), quantile(values, 0.5), "ms"});
            sink({fmt::format("{}{}: {}", name, when, high), quantile(values, share), "ms"});
        };
        tell("first note", times->firstNote, "99th percentile", 0.99);
        tell("cancelling", times->cancel, "99th percentile", 0.99);
        tell("four takes of eight bars", times->allTakes, "slowest of the seeds", 1);
    }
    return {};
}

}  // namespace ricercar
