#pragma once

#include <string>
#include <thread>

#include "core/base/descriptor.h"
#include "core/base/json.h"
#include "core/engine/rpc/framing.h"
#include "core/engine/services.h"

namespace ricercar {

/// A server on a thread of its own, spoken with through two pipes as the window does with the engine. The program
/// ignores SIGPIPE.
class PipedServer {
public:
    /// `services` outlives this.
    explicit PipedServer(const Services& services);
    PipedServer(const PipedServer&) = delete;
    PipedServer& operator=(const PipedServer&) = delete;
    ~PipedServer();

    void send(const std::string& method, const Json& params);
    /// The next message; waits for it. Errors: the server has ended.
    Result<Json> receive();
    /// The result of a request; messages before it are lost. Errors also: what the server says.
    Result<Json> request(const std::string& method, const Json& params);

private:
    Descriptor m_toServer;
    Descriptor m_fromServer;
    FrameReader m_reader;
    int m_last = 0;  ///< id
    std::thread m_server;
};

}  // namespace ricercar
