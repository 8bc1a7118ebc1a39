#include "core/engine/rpc/dispatcher.h"

#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

namespace ricercar {

struct Reply::State {
    std::optional<Json> id;
    std::mutex mutex;
    Post post;  ///< empty once answered
};

Reply::Reply(std::optional<Json> id, Post post) : m_state(std::make_shared<State>()) {
    m_state->id = std::move(id);
    if (m_state->id) {
        m_state->post = std::move(post);
    }
}

const std::optional<Json>& Reply::id() const { return m_state->id; }

void Reply::result(Json value) const {
    answer([&](const Json& id) { return rpcResult(id, std::move(value)); });
}

void Reply::error(const RpcError& reason) const {
    answer([&](const Json& id) { return rpcError(id, reason); });
}

void Reply::answer(const std::function<Json(const Json& id)>& message) const {
    Post post;
    {
        const std::lock_guard lock(m_state->mutex);
        post = std::exchange(m_state->post, nullptr);
    }
    if (post) {
        post(message(*m_state->id));
    }
}

namespace {

/// Collects the answers to a batch and posts them when the last request has let go of it.
class Batch {
public:
    explicit Batch(Reply::Post post) : m_post(std::move(post)) {}
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch() {
        if (!m_answers.empty()) {
            m_post(m_answers);
        }
    }

    void add(const Json& answer) {
        const std::lock_guard lock(m_mutex);
        m_answers.push_back(answer);
    }

private:
    Reply::Post m_post;
    std::mutex m_mutex;
    Json m_answers = Json::array();
};

}  // namespace

Dispatcher::Dispatcher(Reply::Post post, Gate gate) : m_post(std::move(post)), m_gate(std::move(gate)) {}

void Dispatcher::add(std::string method, Handler handler) {
    m_handlers.insert_or_assign(std::move(method), std::move(handler));
}

std::vector<std::string> Dispatcher::methods() const {
    std::vector<std::string> names;
    for (const auto& [name, handler] : m_handlers) {
        names.push_back(name);
    }
    return names;
}

void Dispatcher::receive(std::string_view body) {
    const auto message = parseJson(body);
    if (!message) {
        refuse(RpcErrorCode::parseError, message.error().message);
    } else if (!message->is_array()) {
        handle(*message, m_post);
    } else if (message->empty()) {
        refuse(RpcErrorCode::invalidRequest, "a batch is not empty");
    } else {
        const auto batch = std::make_shared<Batch>(m_post);
        for (const Json& member : *message) {
            handle(member, [batch](const Json& answer) { batch->add(answer); });
        }
    }
}

void Dispatcher::refuse(RpcErrorCode code, const std::string& reason) { m_post(rpcError(nullptr, {code, reason})); }

void Dispatcher::handle(const Json& message, const Reply::Post& post) {
    auto request = requestFromJson(message);
    if (!request) {
        post(rpcError(request.error().id, request.error().error));
        return;
    }
    const Reply reply(std::move(request->id), post);
    const auto handler = m_handlers.find(request->method);
    if (const auto closed = m_gate ? m_gate(request->method) : std::nullopt) {
        reply.error(*closed);
    } else if (handler == m_handlers.end()) {
        reply.error({RpcErrorCode::methodNotFound, fmt::format("there is no method \"{}\"; there are: {}",
                                                               request->method, fmt::join(methods(), ", "))});
    } else if (!request->params.is_object()) {
        reply.error({RpcErrorCode::invalidParams, "parameters are given by name, in an object"});
    } else {
        try {
            handler->second(request->params, reply);
        } catch (const std::exception& bug) {
            reply.error({RpcErrorCode::internalError, bug.what()});
        }
    }
}

}  // namespace ricercar
