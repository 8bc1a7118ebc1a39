#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/child_process.h"
#include "core/engine/methods.h"
#include "core/engine/rpc/params.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

/// The last message of a job: its outcome under `name`, or its error unless it was cancelled.
Json doneMessage(const char* method, JobNumber job, const char* name, Result<Json> outcome, bool cancelled) {
    Json done{{"job", job}, {"cancelled", cancelled}};
    if (!cancelled && outcome) {
        done[name] = std::move(*outcome);
    } else if (!cancelled) {
        done["error"] = outcome.error().message;
    }
    return rpcNotification(method, std::move(done));
}

/// Collects `--name=value` for the fields that a request has.
class Arguments {
public:
    Arguments(Params& params, std::vector<std::string> words) : m_params(params), m_words(std::move(words)) {}

    void text(const char* field, const char* option) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.text(field)));
        }
    }
    void integer(const char* field, const char* option, std::int64_t lowest, std::int64_t highest) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.integer(field, lowest, highest)));
        }
    }
    void number(const char* field, const char* option, double lowest, double highest) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.number(field, lowest, highest)));
        }
    }
    void choice(const char* field, const char* option, const std::vector<std::string>& choices) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.choice(field, choices)));
        }
    }
    void flag(const char* field, const char* option) {
        if (m_params.flag(field, false)) {
            m_words.emplace_back(option);
        }
    }
    /// The words and `operand`, which may begin with a hyphen; or what is wrong with the request.
    RpcResult<std::vector<std::string>> with(const std::string& operand) {
        if (m_params.fault()) {
            return refused(RpcErrorCode::invalidParams, *m_params.fault());
        }
        m_words.insert(m_words.end(), {"--", operand});
        return std::move(m_words);
    }

private:
    Params& m_params;
    std::vector<std::string> m_words;
};

RpcResult<std::vector<std::string>> trainArguments(const Json& json) {
    constexpr std::int64_t most = 1'000'000'000;
    Params params(json);
    Arguments arguments(params, {"train", "--json", "--out=" + params.text("run")});
    arguments.text("validFolder", "--valid");
    arguments.text("preset", "--preset");
    arguments.text("base", "--base");
    arguments.number("minutes", "--minutes", 0.001, most);
    arguments.integer("epochs", "--epochs", 1, most);
    arguments.choice("device", "--device", {"auto", "cpu", "cuda"});
    arguments.integer("rng", "--rng", 0, largestRng);
    arguments.flag("resume", "--resume");
    return arguments.with(params.text("folder"));
}

RpcResult<std::vector<std::string>> evaluateArguments(const Json& json) {
    Params params(json);
    Arguments arguments(params, {"evaluate", "--json", "--model=" + params.text("model", "default")});
    arguments.text("protocol", "--protocol");
    arguments.choice("device", "--device", {"auto", "cpu", "cuda"});
    return arguments.with(params.text("data"));
}

constexpr int wrongUsage = 2;
constexpr int killed = 128 + SIGKILL;

/// How a child ended that was to end with status 0.
Result<void> succeeded(const ChildEnd& end) {
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

void scan(const Workshop& workshop, const std::string& folder, JobNumber job, const std::stop_token& stop) {
    constexpr auto interval = std::chrono::milliseconds(50);
    const auto sink = [&, told = Clock::time_point{}](const Progress& progress) mutable {
        if (const auto now = Clock::now(); now - told >= interval) {
            told = now;
            workshop.outbox.send(
                rpcNotification("corpus/progress",
                                {{"job", job}, {"fraction", progress.fraction}, {"what", progress.what}}),
                stop);
        }
    };
    auto report = guarded([&] { return workshop.services.scan(folder, sink, stop); });
    workshop.outbox.post(doneMessage("corpus/done", job, "report", std::move(report), stop.stop_requested()));
}

void train(const Workshop& workshop, std::vector<std::string> arguments, JobNumber job, const std::stop_token& stop) {
    constexpr int lowPriority = 10;
    const auto end = runChild(
        {workshop.services.program, std::move(arguments), workshop.services.stopPatience, lowPriority},
        [&](std::string_view line) {
            auto event = parseJson(line);
            if (event && event->is_object()) {
                event->update({{"job", job}, {"state", "running"}});
                workshop.outbox.send(rpcNotification("train/progress", std::move(*event)), stop);
            }
        },
        stop);
    const auto outcome = end.and_then(succeeded);
    const char* state = stop.stop_requested() ? "stopped" : outcome ? "done" : "failed";
    Json last{{"job", job}, {"state", state}, {"exitStatus", end ? end->exitStatus : 127}};
    if (!outcome) {
        last["error"] = outcome.error().message;
    }
    workshop.outbox.post(rpcNotification("train/progress", std::move(last)));
}

void evaluate(const Workshop& workshop, std::vector<std::string> arguments, JobNumber job,
              const std::stop_token& stop) {
    constexpr std::size_t longest = 1 << 20;
    std::string output;
    const auto end = runChild(
        {workshop.services.program, std::move(arguments), workshop.services.stopPatience},
        [&](std::string_view line) {
            if (output.size() < longest) {
                output.append(line).push_back('\n');
            }
        },
        stop);
    auto result = end.and_then(succeeded).and_then([&output] { return parseJson(output); });
    workshop.outbox.post(doneMessage("evaluate/done", job, "result", std::move(result), stop.stop_requested()));
}

/// A method that answers with a job and then does `work` with the arguments that `read` finds in the parameters.
template <typename Read, typename Work>
Dispatcher::Handler jobMethod(const Workshop& workshop, Read read, Work work) {
    return [workshop, read, work](const Json& params, const Reply& reply) {
        auto arguments = read(params);
        if (!arguments) {
            reply.error(arguments.error());
            return;
        }
        workshop.jobs.start(reply, [workshop, work, reply, arguments = std::move(*arguments)](
                                       JobNumber job, const std::stop_token& stop) {
            reply.result({{"job", job}});
            work(workshop, arguments, job, stop);
        });
    };
}

RpcResult<std::string> scanFolder(const Json& json) {
    Params params(json);
    std::string folder = params.text("folder");
    if (params.fault()) {
        return refused(RpcErrorCode::invalidParams, *params.fault());
    }
    return folder;
}

}  // namespace

void addLearning(Dispatcher& dispatcher, const Workshop& workshop) {
    dispatcher.add("corpus/scan", jobMethod(workshop, scanFolder, scan));
    dispatcher.add("train/start", jobMethod(workshop, trainArguments, train));
    dispatcher.add("evaluate", jobMethod(workshop, evaluateArguments, evaluate));
}

}  // namespace ricercar
