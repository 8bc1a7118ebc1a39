#include "core/project/database.h"

#include <sqlite3.h>

namespace ricercar {

namespace {

constexpr int busyTimeoutMilliseconds = 5000;

/// The last error of `connection`, with the file it belongs to.
tl::unexpected<Error> databaseFailure(sqlite3* connection) {
    const char* path = sqlite3_db_filename(connection, "main");
    return failure("{}: {}", path != nullptr ? path : "library", sqlite3_errmsg(connection));
}

}  // namespace

void Statement::Finaliser::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<bool> Statement::step() {
    switch (sqlite3_step(m_statement.get())) {
        case SQLITE_ROW:
            return true;
        case SQLITE_DONE:
            return false;
        default:
            return databaseFailure(sqlite3_db_handle(m_statement.get()));
    }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_statement.get(), column); }

std::string Statement::text(int column) const {
    const std::vector<std::byte> bytes = blob(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::byte> Statement::blob(int column) const {
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(m_statement.get(), column));
    return {bytes, bytes + sqlite3_column_bytes(m_statement.get(), column)};
}

void Statement::bind(int index, std::int64_t value) { sqlite3_bind_int64(m_statement.get(), index, value); }

void Statement::bind(int index, std::string_view value) {
    sqlite3_bind_text64(m_statement.get(), index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind(int index, std::span<const std::byte> value) {
    // The address of an empty span may be null, which would bind NULL.
    const void* bytes = value.empty() ? "" : static_cast<const void*>(value.data());
    sqlite3_bind_blob64(m_statement.get(), index, bytes, value.size(), SQLITE_TRANSIENT);
}

void Database::Closer::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Result<Database> Database::open(const std::filesystem::path& path) {
    sqlite3* connection = nullptr;
    const int status = sqlite3_open(path.c_str(), &connection);
    Database database(connection);
    if (status != SQLITE_OK) {
        return failure("cannot open {}: {}", path.string(), sqlite3_errstr(status));
    }
    sqlite3_busy_timeout(connection, busyTimeoutMilliseconds);
    return database;
}

Result<Statement> Database::compile(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_connection.get(), sql, -1, &statement, nullptr) != SQLITE_OK) {
        return databaseFailure(m_connection.get());
    }
    return Statement(statement);
}

Result<void> Database::transaction(const std::function<Result<void>()>& work) {
    return run("BEGIN IMMEDIATE").and_then([&] {
        auto done = work().and_then([this] { return run("COMMIT"); });
        if (!done) {
            // Fails only where SQLite has already rolled back by itself.
            [[maybe_unused]] const auto rolledBack = run("ROLLBACK");
        }
        return done;
    });
}

std::int64_t Database::insertedRow() const { return sqlite3_last_insert_rowid(m_connection.get()); }

int Database::changedRows() const { return sqlite3_changes(m_connection.get()); }

bool Database::isDamaged() const {
    const int status = sqlite3_errcode(m_connection.get());
    return status == SQLITE_CORRUPT || status == SQLITE_NOTADB;
}

}  // namespace ricercar
