#pragma once

#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "core/engine/rpc/dispatcher.h"

namespace ricercar {

/// The number of a job: counted from 1, never used twice.
using JobNumber = int;

/// What `work` results in; an exception, which only a bug or a lack of memory can cause, becomes its error.
template <typename Work>
auto guarded(Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& bug) {
        return failure("the engine could not do this: {}", bug.what());
    }
}

/// Work that runs beside the thread that reads requests, each on a thread of its own. May be used by any thread.
class Jobs {
public:
    static constexpr int most = 32;
    static constexpr int mostRequests = 256;

    using Work = std::function<void(JobNumber job, const std::stop_token& stop)>;

    Jobs() = default;
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;
    ~Jobs() { end(); }

    /// Starts `work` for the request that `reply` answers; answers with an error when `most` jobs are running or when
    /// the work throws before it has answered.
    void start(const Reply& reply, Work work) { start(reply, std::move(work), false); }
    /// The same for work that is over when the request is answered: the jobs that are running do not stand in its way.
    void startRequest(const Reply& reply, Work work) { start(reply, std::move(work), true); }

    /// Asks the job to stop; false when it has ended.
    bool cancel(JobNumber job);
    /// The same for the jobs that the request with this id started.
    void cancelRequest(const Json& id);
    /// Asks every job to stop.
    void cancelAll();
    /// Asks every job to stop and waits until all have; none may be started meanwhile.
    void end();

private:
    struct Job {
        JobNumber number;
        std::optional<Json> request;
        bool isRequest = false;
        bool ended = false;
        std::jthread thread;
    };
    void start(const Reply& reply, Work work, bool isRequest);
    int cancelWhere(const std::function<bool(const Job&)>& chosen);
    void joinEnded();

    std::mutex m_mutex;
    JobNumber m_last = 0;
    std::list<Job> m_jobs;
};

}  // namespace ricercar
