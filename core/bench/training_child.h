#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"

namespace ricercar {

/// Trains the house preset on the example seeds in a process of its own, as long as this lives.
class TrainingChild {
public:
    /// `program` is `ricercar-engine`.
    TrainingChild(const std::filesystem::path& program, int threads);
    TrainingChild(const TrainingChild&) = delete;
    TrainingChild& operator=(const TrainingChild&) = delete;
    ~TrainingChild();

    /// Waits until it has told its speed so often, or `stop` is requested. Tokens a second, in the order of time; the
    /// first is that of a single step. Errors: what it says when it ends before that.
    Result<std::vector<double>> speeds(std::size_t count, const std::stop_token& stop);

private:
    void run(const std::filesystem::path& program, int threads, const std::stop_token& stop);
    void onLine(std::string_view line);

    std::filesystem::path m_folder;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::vector<double> m_speeds;
    bool m_ended = false;
    std::string m_error;
    std::jthread m_thread;  ///< last, so that it ends first
};

}  // namespace ricercar
