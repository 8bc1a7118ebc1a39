#include "core/engine/seed_store.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/engine/jobs.h"
#include "core/midi/smf_writer.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

/// Changes when the file is written anew.
std::string versionOf(const fs::path& file) {
    std::error_code ignored;
    return fmt::format("{} {} {}", file.string(), fs::last_write_time(file, ignored).time_since_epoch().count(),
                       fs::file_size(file, ignored));
}

std::string idOf(const SeedOrigin& origin) {
    const std::string fill = origin.fill ? toJson(*origin.fill).dump() : std::string();
    return contentHash(versionOf(origin.model) + contentHash(writeSmf(*origin.song)).hex() + fill).hex();
}

/// The value that `list` has for `key`, moved to its front, or null.
template <typename Value>
const Value* findAndTouch(std::list<std::pair<std::string, Value>>& list, const std::string& key) {
    const auto found = std::find_if(list.begin(), list.end(), [&key](const auto& entry) { return entry.first == key; });
    if (found == list.end()) {
        return nullptr;
    }
    list.splice(list.begin(), list, found);
    return &found->second;
}

}  // namespace

std::string SeedStore::remember(const SeedOrigin& origin) {
    std::string id = idOf(origin);
    const std::lock_guard lock(m_mutex);
    if (findAndTouch(m_origins, id) == nullptr) {
        m_origins.emplace_front(id, origin);
        m_origins.resize(std::min(m_origins.size(), originsKept));
    }
    return id;
}

std::optional<SeedOrigin> SeedStore::recall(const std::string& id) {
    const std::lock_guard lock(m_mutex);
    const SeedOrigin* origin = findAndTouch(m_origins, id);
    return origin != nullptr ? std::optional(*origin) : std::nullopt;
}

RpcResult<std::shared_ptr<const PreparedSeed>> SeedStore::prepare(const SeedOrigin& origin,
                                                                  const std::stop_token& stop) {
    const auto work = [this, origin] { return guarded([&] { return make(origin); }); };
    const auto prepared = m_prepared.get(idOf(origin), work, stop);
    if (!prepared) {
        return refused(RpcErrorCode::requestCancelled, "cancelled");
    }
    if (!*prepared) {
        return refused(RpcErrorCode::requestFailed, prepared->error().message);
    }
    return **prepared;
}

Result<std::shared_ptr<const PreparedSeed>> SeedStore::make(const SeedOrigin& origin) {
    const std::string version = versionOf(origin.model);
    if (findAndTouch(m_models, version) == nullptr) {
        auto model = m_services.openModel(origin.model);
        if (!model) {
            return tl::make_unexpected(model.error());
        }
        m_models.emplace_front(version, std::move(*model));
        m_models.resize(std::min(m_models.size(), modelsKept));
    }
    return m_services.prepare(m_models.front().second, *origin.song, origin.fill);
}

}  // namespace ricercar
