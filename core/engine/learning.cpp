#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/arguments.h"
#include "core/engine/child_process.h"
#include "core/engine/methods.h"

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

RpcResult<std::vector<std::string>> evaluateArguments(const Json& json) {
    Params params(json);
    Arguments arguments(params, {"evaluate", "--json", "--model=" + params.text("model", "default")});
    arguments.text("protocol", "--protocol");
    arguments.choice("device", "--device", {"auto", "cpu", "cuda"});
    return arguments.with(params.text("data"));
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
    dispatcher.add("evaluate", jobMethod(workshop, evaluateArguments, evaluate));
}

}  // namespace ricercar
