#include "core/bench/training_child.h"

#include <unistd.h>

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/engine/child_process.h"

namespace ricercar {

namespace fs = std::filesystem;

TrainingChild::TrainingChild(const fs::path& program, int threads)
    : m_folder(cacheFolder() / fmt::format("bench-{}", ::getpid())),
      m_thread([this, program, threads](const std::stop_token& stop) { run(program, threads, stop); }) {}

TrainingChild::~TrainingChild() {
    m_thread.request_stop();
    m_thread.join();
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

void TrainingChild::run(const fs::path& program, int threads, const std::stop_token& stop) {
    const ChildCommand command{
        .program = program,
        .arguments = {"train", (resourceFolder() / "examples").string(), "--preset=house", "--minutes=60", "--json",
                      fmt::format("--threads={}", threads), "--out=" + m_folder.string()},
        .patience = std::chrono::milliseconds(0)};
    const auto end = runChild(
        command, [this](std::string_view line) { onLine(line); }, stop);
    const std::lock_guard lock(m_mutex);
    m_ended = true;
    m_error = end ? end->lastErrorLine : end.error().message;
    m_changed.notify_all();
}

void TrainingChild::onLine(std::string_view line) {
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object() && event.value("event", "") == "step") {
        const std::lock_guard lock(m_mutex);
        m_speeds.push_back(event.value("tokensPerSecond", 0.0));
        m_changed.notify_all();
    }
}

Result<std::vector<double>> TrainingChild::speeds(std::size_t count, const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, stop, [&] { return m_ended || m_speeds.size() >= count; });
    if (m_ended) {
        return failure("training ended: {}", m_error);
    }
    return m_speeds;
}

}  // namespace ricercar
