#pragma once

#include <deque>
#include <functional>
#include <future>
#include <string>
#include <string_view>

#include "core/base/descriptor.h"
#include "core/engine/rpc/framing.h"
#include "core/engine/services.h"

namespace ricercar {

/// A server in a thread of this process and the client's end of its pipes. Whatever does not come within 20 seconds
/// fails the test by an exception.
class Client {
public:
    /// Runs `serve` with these services; `services` must outlive this.
    explicit Client(const Services& services);
    ~Client();

    /// Sends `initialize` and takes its answer.
    void initialize();

    void sendBytes(std::string_view bytes);
    void send(const Json& message);
    /// Sends a request and returns its id.
    int sendRequest(std::string_view method, Json params = Json::object());

    /// The next message.
    Json receive();
    /// The next message that fits; those before it are kept for later calls.
    Json receive(const std::function<bool(const Json&)>& fits);
    Json response(const Json& id);
    Json notification(std::string_view method);
    /// The result of a request; an error answer fails the test.
    Json request(std::string_view method, Json params = Json::object());
    /// The error code of a request that must fail.
    int errorCode(std::string_view method, Json params = Json::object());

    void closeInput() { m_input.close(); }
    /// What `serve` returned, once it has.
    int exitStatus();

private:
    Json read();

    Descriptor m_input;
    Descriptor m_output;
    std::future<int> m_server;
    FrameReader m_reader;
    std::deque<Json> m_kept;
    int m_lastId = 0;
};

/// Waits until `condition` holds; an exception after 20 seconds.
void waitUntil(const std::function<bool()>& condition);

}  // namespace ricercar
