#include "core/engine/rpc/message.h"

#include <utility>

namespace ricercar {

tl::unexpected<RpcError> refused(RpcErrorCode code, std::string message) {
    return tl::make_unexpected(RpcError{code, std::move(message)});
}

tl::expected<RpcRequest, RpcFault> requestFromJson(const Json& message) {
    Json id;
    const auto invalid = [&id](const char* reason) {
        return tl::make_unexpected(RpcFault{id, {RpcErrorCode::invalidRequest, reason}});
    };
    if (!message.is_object()) {
        return invalid("a request is an object");
    }
    RpcRequest request;
    if (const auto found = message.find("id"); found != message.end()) {
        if (!found->is_string() && !found->is_number() && !found->is_null()) {
            return invalid("\"id\" is a string or a number");
        }
        request.id = id = *found;
    }
    const auto version = message.find("jsonrpc");
    if (version == message.end() || *version != "2.0") {
        return invalid("\"jsonrpc\" is \"2.0\"");
    }
    const auto method = message.find("method");
    if (method == message.end() || !method->is_string()) {
        return invalid("\"method\" is a string");
    }
    request.method = method->get<std::string>();
    if (const auto params = message.find("params"); params != message.end()) {
        if (!params->is_structured()) {
            return invalid("\"params\" is an object");
        }
        request.params = *params;
    }
    return request;
}

Json rpcResult(const Json& id, Json result) { return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}}; }

Json rpcError(const Json& id, const RpcError& error) {
    return {{"jsonrpc", "2.0"},
            {"id", id},
            {"error", {{"code", static_cast<int>(error.code)}, {"message", error.message}}}};
}

Json rpcRequest(const Json& id, std::string_view method, Json params) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

Json rpcNotification(std::string_view method, Json params) {
    return {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

std::string textOf(const Json& message) { return message.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace ricercar
