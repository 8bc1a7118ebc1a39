#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include <QObject>

namespace ricercar {

/// A thread that does one piece of work after another, so that the UI thread never waits. What a piece of work gives
/// comes back on the UI thread. Destroyed, it asks the running work to stop, forgets the rest and waits for the thread.
class Background {
public:
    using Work = std::function<void(std::stop_token)>;

    Background();
    ~Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    void run(Work work);

    /// Runs `work(stop)` on the thread, then `done(its value)` on the UI thread. `receiver` outlives this object; it is
    /// mostly the widget that owns it.
    template <typename Function, typename Done>
    void run(QObject* receiver, Function work, Done done) {
        run([receiver, work = std::move(work), done = std::move(done)](std::stop_token stop) mutable {
            auto value = std::make_shared<decltype(work(stop))>(work(stop));
            QMetaObject::invokeMethod(
                receiver, [done = std::move(done), value]() mutable { done(std::move(*value)); }, Qt::QueuedConnection);
        });
    }

    /// Asks the running work to stop and forgets what waits.
    void abandon();
    /// Waits until everything asked for is done.
    void drain();

private:
    void loop(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Work> m_waiting;
    bool m_busy = false;
    std::stop_source m_current;  ///< of the running work
    std::jthread m_thread;       ///< last, so that it ends before the rest goes
};

}  // namespace ricercar
