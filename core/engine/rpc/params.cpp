#include "core/engine/rpc/params.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/ranges.h>

namespace ricercar {

Params::Params(const Json& object, std::string where) : m_object(object), m_where(std::move(where)) {
    if (!object.is_object()) {
        m_fault = m_where.empty() ? "parameters are given by name, in an object"
                                  : fmt::format("\"{}\" must be an object", m_where.substr(0, m_where.size() - 1));
    }
}

bool Params::has(const char* name) const { return m_object.is_object() && m_object.contains(name); }

std::string Params::text(const char* name, const std::optional<std::string>& fallback) {
    const Json* value = find(name, !fallback);
    if (value != nullptr && value->is_string() && !value->get_ref<const std::string&>().empty()) {
        return value->get<std::string>();
    }
    if (value != nullptr) {
        fail(name, "a text that is not empty");
    }
    return fallback.value_or("");
}

std::int64_t Params::integer(const char* name, std::int64_t lowest, std::int64_t highest,
                             std::optional<std::int64_t> fallback) {
    const double value = number(name, static_cast<double>(lowest), static_cast<double>(highest),
                                fallback ? std::optional(static_cast<double>(*fallback)) : std::nullopt);
    if (std::trunc(value) != value) {
        fail(name, "a whole number");
    }
    return static_cast<std::int64_t>(value);
}

double Params::number(const char* name, double lowest, double highest, std::optional<double> fallback) {
    const Json* value = find(name, !fallback);
    if (value != nullptr && value->is_number()) {
        const auto number = value->get<double>();
        if (number >= lowest && number <= highest) {
            return number;
        }
    }
    if (value != nullptr) {
        fail(name, fmt::format("a number from {} to {}", lowest, highest));
    }
    return fallback.value_or(lowest);
}

std::string Params::choice(const char* name, const std::vector<std::string>& choices) {
    const Json* value = find(name, true);
    if (value != nullptr && value->is_string()) {
        const auto found = std::find(choices.begin(), choices.end(), value->get<std::string>());
        if (found != choices.end()) {
            return *found;
        }
    }
    if (value != nullptr) {
        fail(name, fmt::format("one of {}", fmt::join(choices, ", ")));
    }
    return choices.front();
}

bool Params::flag(const char* name, bool fallback) {
    const Json* value = find(name, false);
    if (value != nullptr && value->is_boolean()) {
        return value->get<bool>();
    }
    if (value != nullptr) {
        fail(name, "true or false");
    }
    return fallback;
}

const Json* Params::find(const char* name, bool required) {
    if (has(name)) {
        return &m_object.find(name).value();
    }
    if (required && !m_fault) {
        m_fault = fmt::format("\"{}{}\" is missing", m_where, name);
    }
    return nullptr;
}

void Params::fail(const char* name, const std::string& expected) {
    if (!m_fault) {
        m_fault = fmt::format("\"{}{}\" must be {}", m_where, name, expected);
    }
}

}  // namespace ricercar
