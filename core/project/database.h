#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ricercar {

/// A prepared SQL statement; finalised on destruction, which must come before its database's.
class Statement {
public:
    /// Moves to the next row; false when there is none.
    Result<bool> step();

    // Of the current row; columns count from 0.
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    std::vector<std::byte> blob(int column) const;

private:
    friend class Database;
    struct Finaliser {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : m_statement(statement) {}
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view value);
    void bind(int index, std::span<const std::byte> value);

    std::unique_ptr<sqlite3_stmt, Finaliser> m_statement;
};

/// A connection to an SQLite file, for one thread at a time.
class Database {
public:
    /// Creates the file when it is missing. SQLite reads it later, so that damage shows in the first statement.
    static Result<Database> open(const std::filesystem::path& path);

    /// `values` (integers, text, bytes) fill the statement's question marks in order; they are copied.
    template <typename... Values>
    Result<Statement> prepare(const char* sql, const Values&... values) {
        auto statement = compile(sql);
        if (statement) {
            [[maybe_unused]] int index = 0;
            (statement->bind(++index, values), ...);
        }
        return statement;
    }

    /// Runs one statement whose rows do not matter.
    template <typename... Values>
    Result<void> run(const char* sql, const Values&... values) {
        return prepare(sql, values...).and_then([](Statement statement) { return statement.step(); }).map([](bool) {});
    }

    /// Does `work` as one change: all of it is confirmed together, and nothing of it stays when it fails.
    Result<void> transaction(const std::function<Result<void>()>& work);

    /// The id that the last INSERT gave.
    std::int64_t insertedRow() const;
    /// How many rows the last INSERT, UPDATE or DELETE touched.
    int changedRows() const;
    /// Whether the last call failed because the file is damaged or is no database.
    bool isDamaged() const;

private:
    struct Closer {
        void operator()(sqlite3* connection) const;
    };
    explicit Database(sqlite3* connection) : m_connection(connection) {}
    Result<Statement> compile(const char* sql);

    std::unique_ptr<sqlite3, Closer> m_connection;
};

}  // namespace ricercar
