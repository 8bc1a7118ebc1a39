#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/files.h"
#include "core/engine/arguments.h"
#include "core/engine/base64.h"
#include "core/engine/child_process.h"
#include "core/engine/detached_run.h"
#include "core/engine/methods.h"
#include "core/engine/runs.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

RpcResult<std::vector<std::string>> trainArguments(const Json& json) {
    Params params(json);
    Arguments arguments(params, {"train", "--json", "--out=" + params.text("run")});
    arguments.text("validFolder", "--valid");
    arguments.text("preset", "--preset");
    arguments.text("base", "--base");
    arguments.number("minutes", "--minutes", 0.001, 1e6);
    arguments.integer("epochs", "--epochs", 1, 1'000'000);
    arguments.choice("device", "--device", {"auto", "cpu", "cuda"});
    arguments.integer("threads", "--threads", 1, 1024);
    arguments.number("memory", "--memory", 0.1, 1e6);
    arguments.flag("pauseOnBattery", "--pause-on-battery");
    arguments.integer("rng", "--rng", 0, largestRng);
    arguments.flag("resume", "--resume");
    return arguments.with(params.text("folder"));
}

RpcError cannot(const Error& error) { return {RpcErrorCode::requestFailed, error.message}; }

/// The text `name` of a request.
RpcResult<std::string> nameOf(const Json& json) {
    Params params(json);
    std::string name = params.text("name");
    if (params.fault()) {
        return refused(RpcErrorCode::invalidParams, *params.fault());
    }
    return name;
}

/// What `train/start` asks for.
struct Wanted {
    std::optional<std::string> name;  ///< of a run that the engine keeps
    bool detached = false;
    std::vector<std::string> arguments;
};

/// A named run's folder is begun, or its first request is gone on with.
RpcResult<Wanted> wanted(Json json, const Runs& runs) {
    Params params(json);
    Wanted wanted;
    const bool named = params.has("name");
    const bool resume = params.flag("resume", false);
    wanted.detached = params.flag("detached", false);
    std::string name = params.text("name", "");
    if (params.fault() || (named && params.has("run")) || (wanted.detached && !named)) {
        return refused(RpcErrorCode::invalidParams,
                       params.fault().value_or("either \"name\" or \"run\"; \"detached\" goes with \"name\""));
    }
    if (named) {
        // Checked before anything is made.
        json["run"] = runs.folder(name).string();
        if (const auto checked = resume ? std::vector<std::string>() : trainArguments(json); !checked) {
            return tl::make_unexpected(checked.error());
        }
        Json request = json;
        for (const char* own : {"name", "run", "resume", "detached"}) {
            request.erase(own);
        }
        const auto known = resume ? runs.request(name) : Result<Json>(Json::object());
        const auto begun = resume ? Result<std::string>(name) : runs.begin(name, request);
        if (!known || !begun) {
            return tl::make_unexpected(cannot(known ? begun.error() : known.error()));
        }
        wanted.name = *begun;
        Json whole = *known;
        whole.update(request);
        whole.update({{"run", runs.folder(*begun).string()}, {"resume", resume && runs.canResume(*begun)}});
        json = std::move(whole);
    }
    return trainArguments(json).map([&](std::vector<std::string> arguments) {
        wanted.arguments = std::move(arguments);
        return wanted;
    });
}

/// The jobs of training runs.
class Training {
public:
    Training(const Workshop& workshop, JobNumber job, const std::stop_token& stop)
        : m_workshop(workshop), m_runs(workshop.services.dataFolder), m_job(job), m_stop(stop) {}

    void start(const Json& params, const Reply& reply) {
        const auto request = wanted(params, m_runs);
        if (!request) {
            reply.error(request.error());
            return;
        }
        m_name = request->name;
        std::optional<Descriptor> claim = m_name ? m_runs.claim(*m_name) : std::nullopt;
        if (m_name && !claim) {
            reply.error(
                {RpcErrorCode::requestFailed, fmt::format("the run \"{}\" is training already: follow it", *m_name)});
            return;
        }
        const ChildCommand command{.program = m_workshop.services.program,
                                   .arguments = request->arguments,
                                   .patience = m_workshop.services.stopPatience,
                                   .idle = true};
        Json answer{{"job", m_job}};
        if (m_name) {
            answer["name"] = *m_name;
        }
        if (!request->detached) {
            reply.result(std::move(answer));
            attend(command, claim);
            return;
        }
        const DetachedRun run(m_runs.folder(*m_name));
        LineTail tail(run.progress(), true);
        if (const auto started = run.start(command); !started) {
            reply.error(cannot(started.error()));
            return;
        }
        claim.reset();  // by now its process is known
        reply.result(std::move(answer));
        attend(run, tail);
    }

    void follow(const std::string& name, const Reply& reply) {
        if (const auto known = m_runs.request(name); !known) {
            reply.error(cannot(known.error()));
            return;
        }
        reply.result({{"job", m_job}});
        m_name = name;
        const DetachedRun run(m_runs.folder(name));
        std::error_code error;
        const bool detached = std::filesystem::exists(run.progress(), error);
        LineTail tail(detached ? run.progress() : RunDirectory(m_runs.folder(name)).metrics(), false);
        attend(run, tail);
    }

private:
    /// Runs the process, which ends when the engine does.
    void attend(const ChildCommand& command, std::optional<Descriptor>& claim) {
        const auto end = runChild(
            command, [this](std::string_view line) { forward(line); }, m_stop);
        claim.reset();
        const auto outcome = end.and_then(succeeded);
        const char* state = m_stop.stop_requested() ? "stopped" : outcome ? "done" : "failed";
        finish(state, end ? end->exitStatus : 127, outcome ? "" : outcome.error().message);
    }

    /// Tells what the run says until its process has ended; one whose process has ended before, only what it said. A
    /// stop interrupts it, the end of the engine does not.
    void attend(const DetachedRun& run, LineTail& tail) {
        constexpr auto interval = std::chrono::milliseconds(100);
        std::optional<Clock::time_point> deadline;
        for (bool running = true; running;) {
            running = run.isRunning();  // before the look at what it said: so nothing is missed
            tail.read([this](std::string_view line) { forward(line); });
            if (m_stop.stop_requested() && m_workshop.closing) {
                return;
            }
            if (running && m_stop.stop_requested()) {
                if (!deadline) {
                    deadline = Clock::now() + m_workshop.services.stopPatience;
                    run.signal(SIGINT);
                } else if (Clock::now() >= *deadline) {
                    run.signal(SIGKILL);
                }
            }
            if (running) {
                pause(interval);
            }
        }
        if (deadline || m_endReason == "stopped") {
            finish("stopped", 0, "");
        } else if (m_endReason) {
            finish("done", 0, "");
        } else {
            const std::string reason = run.lastErrorLine();
            finish("failed", 1, reason.empty() ? "this training was cut off" : reason);
        }
    }

    /// Not as long when a stop comes.
    void pause(std::chrono::milliseconds time) const {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any never;
        const auto wake = [] { return false; };
        m_stop.stop_requested() ? static_cast<void>(never.wait_for(lock, time, wake))
                                : static_cast<void>(never.wait_for(lock, m_stop, time, wake));
    }

    /// A line of the run, with the music of a sample that it names.
    void forward(std::string_view line) {
        auto event = parseJson(line);
        if (!event || !event->is_object()) {
            return;
        }
        m_endReason.reset();
        if (fieldOr(*event, "event", std::string()).value_or("") == "end") {
            m_endReason = fieldOr(*event, "reason", std::string()).value_or("");
        }
        if (const auto sample = field<std::string>(*event, "sample")) {
            if (const auto midi = readFile(*sample)) {
                (*event)["midi"] = toBase64(*midi);
            }
        }
        event->update({{"job", m_job}, {"state", "running"}});
        m_workshop.outbox.send(rpcNotification("train/progress", std::move(*event)), m_stop);
    }

    void finish(const char* state, int exitStatus, const std::string& error) {
        Json last{{"job", m_job}, {"state", state}, {"exitStatus", exitStatus}};
        if (!error.empty()) {
            last["error"] = error;
        }
        if (m_name) {
            last.update({{"canResume", m_runs.canResume(*m_name)}, {"hasModel", m_runs.hasModel(*m_name)}});
        }
        m_workshop.outbox.post(rpcNotification("train/progress", std::move(last)));
    }

    const Workshop& m_workshop;
    Runs m_runs;
    JobNumber m_job;
    const std::stop_token& m_stop;
    std::optional<std::string> m_name;
    std::optional<std::string> m_endReason;  ///< the last line said that it ended
};

Json listed(const Runs& runs) {
    Json list = Json::array();
    for (const std::string& name : runs.names()) {
        list.push_back({{"name", name},
                        {"running", DetachedRun(runs.folder(name)).isRunning()},
                        {"canResume", runs.canResume(name)},
                        {"hasModel", runs.hasModel(name)}});
    }
    return {{"runs", std::move(list)}};
}

/// Of a run that has ended.
RpcResult<Json> keepOrRemove(const Runs& runs, const std::string& name, bool keep) {
    if (const auto known = runs.request(name); !known) {
        return tl::make_unexpected(cannot(known.error()));
    }
    const auto claim = runs.claim(name);
    if (!claim) {
        return refused(RpcErrorCode::requestFailed,
                       fmt::format("the run \"{}\" is still training: stop it first", name));
    }
    if (!keep) {
        runs.remove(name);
        return nullptr;
    }
    if (!runs.hasModel(name)) {
        return refused(RpcErrorCode::requestFailed, fmt::format("the run \"{}\" has no model yet", name));
    }
    return runs.keep(name)
        .map([](const std::filesystem::path& path) {
            return Json{{"path", path.string()}};
        })
        .map_error(cannot);
}

}  // namespace

void addTraining(Dispatcher& dispatcher, const Workshop& workshop) {
    dispatcher.add("train/start", [workshop](const Json& params, const Reply& reply) {
        workshop.jobs.start(reply, [workshop, params, reply](JobNumber job, const std::stop_token& stop) {
            Training(workshop, job, stop).start(params, reply);
        });
    });
    dispatcher.add("train/follow", [workshop](const Json& params, const Reply& reply) {
        const auto name = nameOf(params);
        if (!name) {
            reply.error(name.error());
            return;
        }
        workshop.jobs.start(reply, [workshop, name = *name, reply](JobNumber job, const std::stop_token& stop) {
            Training(workshop, job, stop).follow(name, reply);
        });
    });
    dispatcher.add("runs/list", [workshop](const Json&, const Reply& reply) {
        workshop.jobs.startRequest(reply, [workshop, reply](JobNumber, const std::stop_token&) {
            reply.result(listed(Runs(workshop.services.dataFolder)));
        });
    });
    for (const bool keep : {true, false}) {
        dispatcher.add(keep ? "runs/keep" : "runs/remove", [workshop, keep](const Json& params, const Reply& reply) {
            workshop.jobs.startRequest(reply, [workshop, keep, params, reply](JobNumber, const std::stop_token&) {
                const auto outcome = nameOf(params).and_then([&](const std::string& name) {
                    return keepOrRemove(Runs(workshop.services.dataFolder), name, keep);
                });
                outcome ? reply.result(*outcome) : reply.error(outcome.error());
            });
        });
    }
}

}  // namespace ricercar
