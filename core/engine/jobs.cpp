#include "core/engine/jobs.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ricercar {

void Jobs::start(const Reply& reply, Work work, bool isRequest) {
    joinEnded();
    const std::lock_guard lock(m_mutex);
    const auto running =
        std::count_if(m_jobs.begin(), m_jobs.end(), [=](const Job& job) { return job.isRequest == isRequest; });
    if (running >= (isRequest ? mostRequests : most)) {
        reply.error({RpcErrorCode::tooManyJobs,
                     isRequest ? fmt::format("{} requests wait for their answers already", mostRequests)
                               : fmt::format("{} jobs are running already: cancel one or wait", most)});
        return;
    }
    Job& job = m_jobs.emplace_back(Job{++m_last, reply.id(), isRequest, false, {}});
    job.thread =
        std::jthread([this, &job, reply, work = std::move(work), number = m_last](const std::stop_token& stop) {
            try {
                work(number, stop);
            } catch (const std::exception& bug) {
                reply.error({RpcErrorCode::internalError, bug.what()});
            }
            const std::lock_guard ending(m_mutex);
            job.ended = true;
        });
}

bool Jobs::cancel(JobNumber number) {
    return cancelWhere([number](const Job& job) { return job.number == number; }) > 0;
}

void Jobs::cancelRequest(const Json& id) {
    cancelWhere([&id](const Job& job) { return job.request == id; });
}

void Jobs::cancelAll() {
    cancelWhere([](const Job&) { return true; });
}

void Jobs::end() {
    cancelAll();
    m_jobs.clear();
}

int Jobs::cancelWhere(const std::function<bool(const Job&)>& chosen) {
    std::vector<std::stop_source> sources;
    {
        const std::lock_guard lock(m_mutex);
        for (Job& job : m_jobs) {
            if (!job.ended && chosen(job)) {
                sources.push_back(job.thread.get_stop_source());
            }
        }
    }
    // Outside the lock: a stop runs callbacks.
    for (std::stop_source& source : sources) {
        source.request_stop();
    }
    return static_cast<int>(sources.size());
}

void Jobs::joinEnded() {
    std::list<Job> ended;
    const std::lock_guard lock(m_mutex);
    for (auto job = m_jobs.begin(); job != m_jobs.end();) {
        const auto next = std::next(job);
        if (job->ended) {
            ended.splice(ended.end(), m_jobs, job);
        }
        job = next;
    }
}

}  // namespace ricercar
