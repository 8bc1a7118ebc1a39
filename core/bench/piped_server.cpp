#include "core/bench/piped_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/engine/rpc/message.h"
#include "core/engine/server.h"

namespace ricercar {

namespace {

struct Pipe {
    Descriptor end;    ///< to read from
    Descriptor begin;  ///< to write to
};

Pipe makePipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

PipedServer::PipedServer(const Services& services) : m_toServer(-1), m_fromServer(-1) {
    auto [input, toServer] = makePipe();
    auto [fromServer, output] = makePipe();
    m_toServer = std::move(toServer);
    m_fromServer = std::move(fromServer);
    m_server = std::thread([&services, input = std::move(input), output = std::move(output)] {
        serve(services, input.number(), output.number());
    });
}

PipedServer::~PipedServer() {
    m_toServer.close();
    m_fromServer.close();
    m_server.join();
}

void PipedServer::send(const std::string& method, const Json& params) {
    const std::string bytes = framed(textOf(rpcRequest(++m_last, method, params)));
    for (std::size_t sent = 0; sent < bytes.size();) {
        const ssize_t count = ::write(m_toServer.number(), bytes.data() + sent, bytes.size() - sent);
        if (count < 0 && errno != EINTR) {
            return;  // `receive` says so
        }
        sent += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
}

Result<Json> PipedServer::receive() {
    std::array<char, 65536> buffer{};
    for (;;) {
        if (const auto message = m_reader.next()) {
            return message->map([](const std::string& body) { return Json::parse(body); });
        }
        const ssize_t count = ::read(m_fromServer.number(), buffer.data(), buffer.size());
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return failure("the server ended");
        }
        m_reader.append({buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
    }
}

Result<Json> PipedServer::request(const std::string& method, const Json& params) {
    send(method, params);
    for (;;) {
        auto message = receive();
        if (!message) {
            return message;
        }
        if (message->value("id", 0) == m_last) {
            if (message->contains("error")) {
                return failure("{}", (*message)["error"]["message"].get<std::string>());
            }
            return (*message)["result"];
        }
    }
}

}  // namespace ricercar
