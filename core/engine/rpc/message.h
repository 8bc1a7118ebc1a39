#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "core/base/json.h"

namespace ricercar {

/// What `initialize` says of how the engine speaks: window and engine must be of one. Counts the changes of
/// docs/protocol.md that the other side would not understand.
inline constexpr int protocolVersion = 1;

/// Error codes of JSON-RPC 2.0 (section 5.1), of the Language Server Protocol 3.17 (`ErrorCodes`) and our own.
enum class RpcErrorCode {
    parseError = -32700,
    invalidRequest = -32600,
    methodNotFound = -32601,
    invalidParams = -32602,
    internalError = -32603,
    serverNotInitialized = -32002,
    requestFailed = -32803,     ///< well formed, but could not be done; the message says why
    requestCancelled = -32800,  ///< by `$/cancelRequest`
    unknownSeed = -32001,       ///< our own: a `seedId` that is not remembered any more
    tooManyJobs = -32000,       ///< our own
};

struct RpcError {
    RpcErrorCode code = RpcErrorCode::internalError;
    std::string message;
};

/// What a request asks for, or how it is refused.
template <typename T>
using RpcResult = tl::expected<T, RpcError>;

/// `return refused(RpcErrorCode::invalidParams, "...");`
tl::unexpected<RpcError> refused(RpcErrorCode code, std::string message);

/// A request, or a notification when it has no `id`.
struct RpcRequest {
    std::optional<Json> id;
    std::string method;
    Json params = Json::object();
};

/// What is wrong with a message that is no request, and the `id` to answer with: null when it has none.
struct RpcFault {
    Json id;
    RpcError error;
};

tl::expected<RpcRequest, RpcFault> requestFromJson(const Json& message);

Json rpcResult(const Json& id, Json result);
Json rpcError(const Json& id, const RpcError& error);
Json rpcRequest(const Json& id, std::string_view method, Json params);
Json rpcNotification(std::string_view method, Json params);

/// The text of a message; bytes that are no UTF-8 (file names may hold them) are replaced.
std::string textOf(const Json& message);

}  // namespace ricercar
