#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace ricercar {

/// Reads the fields of a request's parameters. Where one is missing, of the wrong type or out of range, the read gives
/// the fallback (or the lowest value) and `fault()` names the first such field: read all, then check once.
class Params {
public:
    /// `object` must live as long as this. `where` stands before the names of fields in faults, e.g. "seed.".
    explicit Params(const Json& object, std::string where = {});

    bool has(const char* name) const;

    /// Not empty. Without a fallback the field is required.
    std::string text(const char* name, const std::optional<std::string>& fallback = {});
    /// Takes 8.0 for 8.
    std::int64_t integer(const char* name, std::int64_t lowest, std::int64_t highest,
                         std::optional<std::int64_t> fallback = {});
    double number(const char* name, double lowest, double highest, std::optional<double> fallback = {});
    /// One of `choices`.
    std::string choice(const char* name, const std::vector<std::string>& choices);
    bool flag(const char* name, bool fallback);

    const std::optional<std::string>& fault() const { return m_fault; }

private:
    const Json* find(const char* name, bool required);
    void fail(const char* name, const std::string& expected);

    const Json& m_object;
    std::string m_where;
    std::optional<std::string> m_fault;
};

}  // namespace ricercar
