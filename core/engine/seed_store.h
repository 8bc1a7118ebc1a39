#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/engine/memo.h"
#include "core/engine/rpc/message.h"
#include "core/engine/services.h"
#include "core/music/song.h"

namespace ricercar {

/// What to compose from, and with which model.
struct SeedOrigin {
    std::filesystem::path model;
    std::shared_ptr<const Song> song;
    std::optional<FillIn> fill{};  ///< none: takes go on from the song
};

/// Opens models and reads seeds into them, once for each model and music: the last few of each stay ready in memory.
/// May be used by any thread.
class SeedStore {
public:
    static constexpr std::size_t modelsKept = 2;
    static constexpr std::size_t preparedKept = 8;
    static constexpr std::size_t originsKept = 32;

    /// `services` must live as long as this.
    explicit SeedStore(const Services& services) : m_services(services) {}

    /// A name for this music with this model as it is now: the same for the same content.
    std::string remember(const SeedOrigin& origin);
    /// What `remember` was told, unless that was too long ago.
    std::optional<SeedOrigin> recall(const std::string& id);

    /// The seed read into its model; at once when it is ready, else as soon as it is.
    RpcResult<std::shared_ptr<const PreparedSeed>> prepare(const SeedOrigin& origin, const std::stop_token& stop);

private:
    Result<std::shared_ptr<const PreparedSeed>> make(const SeedOrigin& origin);

    const Services& m_services;
    std::mutex m_mutex;
    std::list<std::pair<std::string, SeedOrigin>> m_origins;  ///< newest first
    std::list<std::pair<std::string, std::shared_ptr<const Model>>>
        m_models;  ///< newest first; the memo's thread's own
    Memo<std::shared_ptr<const PreparedSeed>> m_prepared{preparedKept};
};

}  // namespace ricercar
