#include <utility>
#include <vector>

#include "core/engine/base64.h"
#include "core/engine/methods.h"
#include "core/engine/rpc/framing.h"
#include "core/engine/rpc/params.h"
#include "core/engine/sent_folder.h"

namespace ricercar {

namespace {

struct SentFile {
    std::string path;
    std::string hash;                ///< of an offer
    std::uint64_t bytes = 0;         ///< likewise
    std::vector<std::byte> content;  ///< of what is sent
};

/// What both methods are given.
struct Sending {
    SentFolder folder;
    std::vector<SentFile> files;
};

RpcResult<SentFile> sentFile(const Json& json, bool withContent) {
    constexpr auto longestFile = static_cast<std::int64_t>(longestMessage);
    Params params(json, "files[].");
    SentFile file{params.text("path"), {}, 0, {}};
    if (!withContent) {
        file.hash = params.text("hash");
        file.bytes = static_cast<std::uint64_t>(params.integer("bytes", 0, longestFile));
    } else if (auto content =
                   fromBase64(params.has("content") && json["content"] == "" ? "" : params.text("content"))) {
        file.content = std::move(*content);
    } else if (!params.fault()) {
        return refused(RpcErrorCode::invalidParams, "\"files[].content\" must be base64");
    }
    if (params.fault()) {
        return refused(RpcErrorCode::invalidParams, *params.fault());
    }
    return file;
}

RpcResult<Sending> readSending(const Json& json, const std::filesystem::path& cacheFolder, bool withContent) {
    Params params(json);
    const std::string id = params.text("id");
    const std::string name = params.text("name");
    if (!params.fault() && !(json.contains("files") && json["files"].is_array())) {
        return refused(RpcErrorCode::invalidParams, "\"files\" must be a list");
    }
    if (params.fault()) {
        return refused(RpcErrorCode::invalidParams, *params.fault());
    }
    auto folder = SentFolder::open(cacheFolder, id, name);
    if (!folder) {
        return refused(RpcErrorCode::invalidParams, folder.error().message);
    }
    Sending sending{std::move(*folder), {}};
    for (const Json& one : json["files"]) {
        auto file = sentFile(one, withContent);
        if (!file) {
            return tl::make_unexpected(file.error());
        }
        sending.files.push_back(std::move(*file));
    }
    return sending;
}

RpcError cannot(const Error& error) { return {RpcErrorCode::requestFailed, error.message}; }

void offer(const Sending& sending, const Reply& reply) {
    Json missing = Json::array();
    for (const SentFile& file : sending.files) {
        const auto placed = sending.folder.place(file.path, file.hash, file.bytes);
        if (!placed) {
            reply.error(cannot(placed.error()));
            return;
        }
        if (!*placed) {
            missing.push_back(file.path);
        }
    }
    reply.result({{"folder", sending.folder.path().string()}, {"missing", std::move(missing)}});
}

void store(const Sending& sending, const Reply& reply) {
    for (const SentFile& file : sending.files) {
        if (const auto stored = sending.folder.put(file.path, file.content); !stored) {
            reply.error(cannot(stored.error()));
            return;
        }
    }
    reply.result({{"folder", sending.folder.path().string()}});
}

}  // namespace

void addSending(Dispatcher& dispatcher, const Workshop& workshop) {
    const auto add = [&](const char* method, bool withContent, auto work) {
        dispatcher.add(method, [workshop, withContent, work](const Json& params, const Reply& reply) {
            workshop.jobs.startRequest(reply, [=](JobNumber, const std::stop_token&) {
                const auto sending = readSending(params, workshop.services.cacheFolder, withContent);
                sending ? work(*sending, reply) : reply.error(sending.error());
            });
        });
    };
    add("corpus/offer", false, offer);
    add("corpus/send", true, store);
}

}  // namespace ricercar
