#include "tests/core/engine/client.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "core/engine/rpc/message.h"
#include "core/engine/server.h"

namespace ricercar {

namespace {

constexpr auto limit = std::chrono::seconds(20);

}  // namespace

Client::Client(const Services& services) : m_input(-1), m_output(-1) {
    ::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> requests{};
    std::array<int, 2> answers{};
    if (::pipe2(requests.data(), O_CLOEXEC) != 0 || ::pipe2(answers.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipes");
    }
    m_input = Descriptor(requests[1]);
    m_output = Descriptor(answers[0]);
    m_server =
        std::async(std::launch::async, [&services, input = Descriptor(requests[0]), output = Descriptor(answers[1])] {
            return serve(services, input.number(), output.number());
        });
}

Client::~Client() {
    m_input.close();
    m_output.close();
}

void Client::initialize() { request("initialize"); }

void Client::sendBytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_input.number(), bytes.data(), bytes.size());
        if (count < 0) {
            throw std::runtime_error("the server does not read");
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Client::send(const Json& message) { sendBytes(framed(message.dump())); }

int Client::sendRequest(std::string_view method, Json params) {
    send(rpcRequest(++m_lastId, method, std::move(params)));
    return m_lastId;
}

Json Client::read() {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < deadline) {
        if (const auto message = m_reader.next()) {
            return Json::parse(message->value());
        }
        pollfd readable{m_output.number(), POLLIN, 0};
        ::poll(&readable, 1, 1000);
        if (readable.revents != 0) {
            std::array<char, 4096> chunk{};
            const ssize_t count = ::read(m_output.number(), chunk.data(), chunk.size());
            if (count <= 0) {
                throw std::runtime_error("the server has ended");
            }
            m_reader.append({chunk.data(), static_cast<std::size_t>(count)});
        }
    }
    throw std::runtime_error("no message came");
}

Json Client::receive() {
    return receive([](const Json&) { return true; });
}

Json Client::receive(const std::function<bool(const Json&)>& fits) {
    auto found = std::find_if(m_kept.begin(), m_kept.end(), fits);
    while (found == m_kept.end()) {
        m_kept.push_back(read());
        found = fits(m_kept.back()) ? std::prev(m_kept.end()) : m_kept.end();
    }
    Json message = std::move(*found);
    m_kept.erase(found);
    return message;
}

Json Client::response(const Json& id) {
    return receive([&id](const Json& message) { return message.contains("id") && message["id"] == id; });
}

Json Client::notification(std::string_view method) {
    return receive([method](const Json& message) { return message.value("method", "") == method; })["params"];
}

Json Client::request(std::string_view method, Json params) {
    const Json answer = response(sendRequest(method, std::move(params)));
    if (!answer.contains("result")) {
        throw std::runtime_error(answer.dump());
    }
    return answer["result"];
}

int Client::errorCode(std::string_view method, Json params) {
    return response(sendRequest(method, std::move(params))).at("error").at("code").get<int>();
}

int Client::exitStatus() {
    if (m_server.wait_for(limit) != std::future_status::ready) {
        throw std::runtime_error("the server does not end");
    }
    return m_server.get();
}

void waitUntil(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("waited in vain");
        }
        std::this_thread::yield();
    }
}

}  // namespace ricercar
