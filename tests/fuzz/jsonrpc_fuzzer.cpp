// Whatever a client sends, the framing and the dispatcher answer within bounds: each answer is a valid message, no
// request is answered twice, and a client that goes on properly is heard.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/engine/rpc/dispatcher.h"
#include "core/engine/rpc/framing.h"
#include "core/engine/rpc/params.h"

using namespace ricercar;

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

/// Feeds the stream in pieces whose sizes depend on its bytes.
template <typename OnMessage>
void readAll(FrameReader& reader, std::string_view bytes, OnMessage onMessage) {
    while (!bytes.empty()) {
        const std::size_t count = std::min<std::size_t>(bytes.size(), 1 + static_cast<std::uint8_t>(bytes[0]) * 7);
        reader.append(bytes.substr(0, count));
        bytes.remove_prefix(count);
        while (const auto message = reader.next()) {
            onMessage(*message);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    int answers = 0;
    Dispatcher dispatcher([&answers](const Json& message) {
        ++answers;
        require(Json::accept(textOf(message)));
    });
    dispatcher.add("echo", [](const Json& params, const Reply& reply) { reply.result(params); });
    dispatcher.add("read", [](const Json& json, const Reply& reply) {
        Params params(json);
        params.text("text", "");
        const auto integer = params.integer("integer", 1, 256, 1);
        const auto number = params.number("number", 0, 1, 0);
        params.flag("flag", false);
        require(integer >= 1 && integer <= 256 && number >= 0 && number <= 1);
        reply.result(params.fault().value_or(""));
    });

    FrameReader reader;
    readAll(reader, {reinterpret_cast<const char*>(data), size}, [&](const Result<std::string>& message) {
        answers = 0;
        if (message) {
            dispatcher.receive(*message);
        } else {
            dispatcher.refuse(RpcErrorCode::parseError, message.error().message);
        }
        require(answers <= 1);
    });
    return 0;
}
