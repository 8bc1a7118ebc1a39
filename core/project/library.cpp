#include "core/project/library.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/chrono.h>

#include "core/base/descriptor.h"
#include "core/base/hash.h"

namespace ricercar {

namespace fs = std::filesystem;
using std::chrono::system_clock;

namespace {

constexpr int schemaVersion = 1;
constexpr int recentLimit = 20;

// Several takes share one seed, so that it is stored once.
constexpr const char* schema[] = {
    "CREATE TABLE seed ("
    "  id INTEGER PRIMARY KEY,"
    "  hash TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  smf BLOB NOT NULL,"
    "  UNIQUE (hash, name))",
    "CREATE TABLE take ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name TEXT NOT NULL,"
    "  created INTEGER NOT NULL,"  // milliseconds since 1970
    "  smf BLOB NOT NULL,"
    "  recipe TEXT NOT NULL,"  // JSON
    "  seed INTEGER NOT NULL REFERENCES seed (id),"
    "  starred INTEGER NOT NULL DEFAULT 0,"
    "  rejected INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE recent ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"  // the greater the newer
    "  kind INTEGER NOT NULL,"
    "  path TEXT NOT NULL,"
    "  UNIQUE (kind, path))",
};

/// As JSON, whatever its texts hold.
std::string recipeText(const Json& recipe) { return recipe.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Held while a library is opened, so that of two programs only one makes or sets aside the file. A lock on the folder
/// leaves no file behind, and the system drops it when the program ends.
Descriptor lockFolder(const fs::path& folder) {
    Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    while (descriptor.isOpen() && ::flock(descriptor.number(), LOCK_EX) != 0 && errno == EINTR) {
    }
    return descriptor;
}

/// The first column of the first row, as text.
Result<std::string> queryText(Database& database, const char* sql) {
    return database.prepare(sql).and_then(
        [](Statement statement) { return statement.step().map([&](bool) { return statement.text(0); }); });
}

/// Nothing when the file is damaged or is no database.
Result<std::optional<Database>> openHealthy(const fs::path& path) {
    auto database = Database::open(path);
    if (!database) {
        return tl::make_unexpected(database.error());
    }
    const auto health = queryText(*database, "PRAGMA quick_check(1)");
    if (health ? *health != "ok" : database->isDamaged()) {
        return std::nullopt;
    }
    return health.map([&](const std::string&) { return std::optional(std::move(*database)); });
}

Result<void> createSchema(Database& database) {
    return database.transaction([&]() -> Result<void> {
        for (const char* sql : schema) {
            if (auto done = database.run(sql); !done) {
                return done;
            }
        }
        return database.run(fmt::format("PRAGMA user_version = {}", schemaVersion).c_str());
    });
}

/// Settings of the connection, and the tables where they are missing.
Result<void> prepareLibrary(Database& database) {
    for (const char* setting :
         {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON"}) {
        if (auto done = database.run(setting); !done) {
            return done;
        }
    }
    return queryText(database, "PRAGMA user_version").and_then([&](const std::string& version) -> Result<void> {
        if (version == "0") {
            return createSchema(database);
        }
        if (version != std::to_string(schemaVersion)) {
            return failure("the library is of version {}, this Ricercar knows {}: update Ricercar", version,
                           schemaVersion);
        }
        return {};
    });
}

/// Renames the library with its journal; the new name.
Result<fs::path> renameDamaged(const fs::path& path) {
    const auto now = std::chrono::floor<std::chrono::seconds>(system_clock::now());
    const std::string stem = fmt::format("{}.damaged-{:%Y%m%d-%H%M%S}", path.stem().string(), now);
    fs::path aside = path.parent_path() / (stem + path.extension().string());
    for (int number = 2; fs::exists(aside); ++number) {
        aside = path.parent_path() / fmt::format("{}-{}{}", stem, number, path.extension().string());
    }
    for (const char* part : {"-wal", "-shm", ""}) {
        if (std::rename((path.string() + part).c_str(), (aside.string() + part).c_str()) != 0 && errno != ENOENT) {
            return failure("{} is damaged and cannot be renamed: {}", path.string(), std::strerror(errno));
        }
    }
    return aside;
}

}  // namespace

Result<Library> Library::open(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const Descriptor lock = lockFolder(path.parent_path());
    auto database = openHealthy(path);
    std::optional<fs::path> setAside;
    if (database && !*database) {
        auto renamed = renameDamaged(path);
        if (!renamed) {
            return tl::make_unexpected(renamed.error());
        }
        setAside = std::move(*renamed);
        database = openHealthy(path);
    }
    if (!database) {
        return tl::make_unexpected(database.error());
    }
    if (!*database) {
        return failure("{}: a new library is damaged as soon as it is made: check the disk", path.string());
    }
    return prepareLibrary(**database).map([&] {
        Library library(std::move(**database));
        library.m_setAside = std::move(setAside);
        return library;
    });
}

Result<std::int64_t> Library::addTake(const NewTake& take) {
    const std::string seedHash = contentHash(take.seedSmf).hex();
    const auto now = std::chrono::floor<std::chrono::milliseconds>(system_clock::now()).time_since_epoch().count();
    std::int64_t id = 0;
    return m_database
        .transaction([&] {
            return m_database
                .run("INSERT OR IGNORE INTO seed (hash, name, smf) VALUES (?, ?, ?)", seedHash, take.seedName,
                     take.seedSmf)
                .and_then([&] {
                    return m_database.run(
                        "INSERT INTO take (name, created, smf, recipe, seed)"
                        " VALUES (?, ?, ?, ?, (SELECT id FROM seed WHERE hash = ? AND name = ?))",
                        take.name, now, take.smf, recipeText(take.recipe), seedHash, take.seedName);
                })
                .map([&] { id = m_database.insertedRow(); });
        })
        .map([&] { return id; });
}

Result<std::vector<StoredTake>> Library::newestTakes(int limit) const {
    auto rows = m_database.prepare(
        "SELECT take.id, take.name, created, take.smf, recipe, seed.name, seed.smf, starred, rejected"
        " FROM take JOIN seed ON seed.id = take.seed ORDER BY take.id DESC LIMIT ?",
        limit);
    if (!rows) {
        return tl::make_unexpected(rows.error());
    }
    std::vector<StoredTake> takes;
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
        auto recipe = parseJson(rows->text(4));
        if (!recipe) {
            return failure("take {} of the library has a damaged recipe: {}", rows->integer(0), recipe.error().message);
        }
        StoredTake& take = takes.emplace_back();
        take.id = rows->integer(0);
        take.name = rows->text(1);
        take.created = StoredTake::Time(std::chrono::milliseconds(rows->integer(2)));
        take.smf = rows->blob(3);
        take.recipe = std::move(*recipe);
        take.seedName = rows->text(5);
        take.seedSmf = rows->blob(6);
        take.starred = rows->integer(7) != 0;
        take.rejected = rows->integer(8) != 0;
    }
    return row.map([&](bool) { return std::move(takes); });
}

template <typename... Values>
Result<void> Library::update(const char* sql, std::int64_t id, const Values&... values) {
    return m_database.run(sql, values..., id).and_then([&]() -> Result<void> {
        if (m_database.changedRows() == 0) {
            return failure("the library has no take {}", id);
        }
        return {};
    });
}

Result<void> Library::setMusic(std::int64_t id, const std::vector<std::byte>& smf, const Json& recipe) {
    return update("UPDATE take SET smf = ?, recipe = ? WHERE id = ?", id, smf, recipeText(recipe));
}

Result<void> Library::setStarred(std::int64_t id, bool starred) {
    return update("UPDATE take SET starred = ? WHERE id = ?", id, starred);
}

Result<void> Library::setRejected(std::int64_t id, bool rejected) {
    return update("UPDATE take SET rejected = ? WHERE id = ?", id, rejected);
}

Result<void> Library::addRecent(RecentKind kind, const fs::path& path) {
    const auto kindNumber = static_cast<std::int64_t>(kind);
    return m_database.transaction([&] {
        return m_database.run("INSERT OR REPLACE INTO recent (kind, path) VALUES (?, ?)", kindNumber, path.native())
            .and_then([&] {
                return m_database.run(
                    "DELETE FROM recent WHERE kind = ? AND id NOT IN"
                    " (SELECT id FROM recent WHERE kind = ? ORDER BY id DESC LIMIT ?)",
                    kindNumber, kindNumber, recentLimit);
            });
    });
}

Result<std::vector<fs::path>> Library::recent(RecentKind kind) const {
    auto rows =
        m_database.prepare("SELECT path FROM recent WHERE kind = ? ORDER BY id DESC", static_cast<std::int64_t>(kind));
    if (!rows) {
        return tl::make_unexpected(rows.error());
    }
    std::vector<fs::path> paths;
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
        paths.emplace_back(rows->text(0));
    }
    return row.map([&](bool) { return std::move(paths); });
}

}  // namespace ricercar
