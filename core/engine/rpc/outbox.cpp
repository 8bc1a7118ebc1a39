#include "core/engine/rpc/outbox.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/engine/rpc/framing.h"
#include "core/engine/rpc/message.h"

namespace ricercar {

Outbox::Outbox(int descriptor)
    : m_descriptor(descriptor), m_writer([this](const std::stop_token& closing) { writeQueue(closing); }) {}

Outbox::~Outbox() { close(std::chrono::milliseconds(0)); }

void Outbox::post(const Json& message) {
    std::string bytes = framed(textOf(message));
    const std::lock_guard lock(m_mutex);
    if (!m_broken) {
        m_queuedBytes += bytes.size();
        m_queue.push_back(std::move(bytes));
        m_changed.notify_all();
    }
}

void Outbox::send(const Json& message, std::stop_token stop) {
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, std::move(stop), [this] { return hasRoom(streamLimit); });
    }
    post(message);
}

void Outbox::waitForRoom() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return hasRoom(replyLimit); });
}

void Outbox::close(std::chrono::milliseconds patience) {
    {
        const std::lock_guard lock(m_mutex);
        m_patience = patience;
    }
    m_writer.request_stop();
    if (m_writer.joinable()) {
        m_writer.join();
    }
}

void Outbox::writeQueue(const std::stop_token& closing) {
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, closing, [this] { return !m_queue.empty(); })) {
        const std::string message = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        const bool written = write(message, closing);
        lock.lock();
        m_queuedBytes -= message.size();
        if (!written) {
            break;
        }
        m_changed.notify_all();
    }
    m_broken = true;
    m_queue.clear();
    m_changed.notify_all();
}

bool Outbox::write(std::string_view bytes, const std::stop_token& closing) {
    while (!bytes.empty()) {
        if (!mayWrite(closing)) {
            return false;
        }
        // A pipe that polls as writable takes this many bytes without blocking.
        const ssize_t count = ::write(m_descriptor, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return true;
}

/// Waits until the descriptor takes bytes; false when that does not happen within the patience after `close`.
bool Outbox::mayWrite(const std::stop_token& closing) {
    constexpr int glanceMilliseconds = 20;
    std::chrono::milliseconds waited{0};
    pollfd writable{m_descriptor, POLLOUT, 0};
    while (::poll(&writable, 1, glanceMilliseconds) <= 0) {
        if (!closing.stop_requested()) {
            continue;
        }
        const std::lock_guard lock(m_mutex);
        waited += std::chrono::milliseconds(glanceMilliseconds);
        if (waited > m_patience) {
            return false;
        }
    }
    return true;
}

}  // namespace ricercar
