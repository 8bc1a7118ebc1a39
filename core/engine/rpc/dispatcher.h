#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/rpc/message.h"

namespace ricercar {

/// The answer to one request, given once, at any time and on any thread; later answers are dropped, and so are all
/// answers to a notification. Cheap to copy.
class Reply {
public:
    using Post = std::function<void(const Json& message)>;

    Reply(std::optional<Json> id, Post post);

    /// None for a notification.
    const std::optional<Json>& id() const;

    void result(Json value) const;
    void error(const RpcError& reason) const;

private:
    struct State;
    void answer(const std::function<Json(const Json& id)>& message) const;

    std::shared_ptr<State> m_state;
};

/// Brings the messages of a client to the methods that answer them (JSON-RPC 2.0): whatever the bytes are, requests get
/// exactly one answer and notifications none. Requests are handled on the thread that calls `receive`.
class Dispatcher {
public:
    using Handler = std::function<void(const Json& params, const Reply& reply)>;
    /// Says why a request may not be made now.
    using Gate = std::function<std::optional<RpcError>(std::string_view method)>;

    explicit Dispatcher(Reply::Post post, Gate gate = {});

    void add(std::string method, Handler handler);

    /// One message: a request, a notification, or a batch, whose answers leave together when the last is known.
    void receive(std::string_view body);
    /// Tells the client that what it sent is no request.
    void refuse(RpcErrorCode code, const std::string& reason);

private:
    std::vector<std::string> methods() const;
    void handle(const Json& message, const Reply::Post& post);

    Reply::Post m_post;
    Gate m_gate;
    std::map<std::string, Handler, std::less<>> m_handlers;
};

}  // namespace ricercar
