#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "core/base/json.h"

namespace ricercar {

/// Messages on their way out. A thread of its own writes them one after the other, each whole, so that a client that
/// does not read blocks neither the thread that reads its requests nor a stop. May be used by any thread.
///
/// Memory stays bounded: streams wait in `send` while more than `streamLimit` bytes have not been written, the reader
/// of requests in `waitForRoom` while more than `replyLimit` bytes have not.
class Outbox {
public:
    static constexpr std::size_t streamLimit = 1 << 20;
    static constexpr std::size_t replyLimit = 8 << 20;

    /// `descriptor` stays the caller's and must stay open as long as this lives.
    explicit Outbox(int descriptor);
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox();

    /// Queues a message and never waits: for answers and for the last word of a job.
    void post(const Json& message);
    /// Queues a message of a stream; waits until there is room or `stop` is requested.
    void send(const Json& message, std::stop_token stop);
    /// Waits until the client has read enough of what it was sent.
    void waitForRoom();

    /// Writes what is queued, gives up when the client does not read for `patience`, and ends; later messages are
    /// dropped.
    void close(std::chrono::milliseconds patience);

private:
    void writeQueue(const std::stop_token& closing);
    bool write(std::string_view bytes, const std::stop_token& closing);
    bool mayWrite(const std::stop_token& closing);
    bool hasRoom(std::size_t limit) const { return m_queuedBytes < limit || m_broken; }

    const int m_descriptor;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<std::string> m_queue;
    std::size_t m_queuedBytes = 0;
    bool m_broken = false;  ///< nobody can read any more
    std::chrono::milliseconds m_patience{0};
    std::jthread m_writer;  ///< last, so that it ends first
};

}  // namespace ricercar
