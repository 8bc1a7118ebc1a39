#include "ui/panels/background.h"

namespace ricercar {

Background::Background() : m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

Background::~Background() {
    m_thread.request_stop();
    abandon();
}

void Background::run(Work work) {
    {
        const std::scoped_lock lock(m_mutex);
        m_waiting.push_back(std::move(work));
    }
    m_changed.notify_all();
}

void Background::abandon() {
    const std::scoped_lock lock(m_mutex);
    m_waiting.clear();
    m_current.request_stop();
}

void Background::drain() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_waiting.empty() && !m_busy; });
}

void Background::loop(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return !m_waiting.empty(); })) {
        {
            const Work work = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_busy = true;
            m_current = std::stop_source();
            const std::stop_token current = m_current.get_token();
            lock.unlock();
            work(current);
        }
        lock.lock();
        m_busy = false;
        m_changed.notify_all();
    }
}

}  // namespace ricercar
