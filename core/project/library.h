#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/project/database.h"

namespace ricercar {

/// A take as it comes from the engine.
struct NewTake {
    std::string name;
    std::vector<std::byte> smf;  ///< the take's Standard MIDI File
    Json recipe;                 ///< enough to generate it again
    std::string seedName;
    std::vector<std::byte> seedSmf;  ///< empty: generated from nothing
};

/// A take in the library.
struct StoredTake : NewTake {
    using Time = std::chrono::sys_time<std::chrono::milliseconds>;

    std::int64_t id = 0;  ///< never used again for another take
    Time created;
    bool starred = false;
    bool rejected = false;
};

/// What the program remembers to offer again.
enum class RecentKind { seed, folder };

/// The user's takes and what was used lately, in one SQLite file. What a call has confirmed is in the file even if the
/// program is killed in the next moment; a power cut may cost the last calls, never the library. Several programs may
/// have the same library open. One thread at a time.
class Library {
public:
    /// Creates a missing library. A damaged one is renamed, never deleted, and a new one made: see `setAside`. Errors:
    /// no permission, no space, a library written by a newer program.
    static Result<Library> open(const std::filesystem::path& path = userDataFolder() / "library.sqlite");

    /// The new name of the damaged library that `open` found, for the user to be told; mostly nothing.
    const std::optional<std::filesystem::path>& setAside() const { return m_setAside; }

    /// Its id.
    Result<std::int64_t> addTake(const NewTake& take);
    /// The last `limit` takes, newest first.
    Result<std::vector<StoredTake>> newestTakes(int limit) const;
    /// Of a take that has been drawn further.
    Result<void> setMusic(std::int64_t id, const std::vector<std::byte>& smf, const Json& recipe);
    Result<void> setStarred(std::int64_t id, bool starred);
    Result<void> setRejected(std::int64_t id, bool rejected);

    /// Moves `path` to the front; the twenty newest of each kind are kept.
    Result<void> addRecent(RecentKind kind, const std::filesystem::path& path);
    /// Newest first. They may have gone from the disk since.
    Result<std::vector<std::filesystem::path>> recent(RecentKind kind) const;

private:
    explicit Library(Database database) : m_database(std::move(database)) {}
    /// Runs an UPDATE of one take.
    template <typename... Values>
    Result<void> update(const char* sql, std::int64_t id, const Values&... values);

    mutable Database m_database;  ///< reading goes through the connection's state, too
    std::optional<std::filesystem::path> m_setAside;
};

}  // namespace ricercar
