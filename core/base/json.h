#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace ricercar {

using Json = nlohmann::json;

/// Parses without throwing; the error has the position of the fault. Nesting deeper than 64 levels is refused.
Result<Json> parseJson(std::string_view text);

/// The field `name` of an object as a T, or an error that names the field and the type it should have.
template <typename T>
Result<T> field(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end()) {
        return failure("\"{}\" is missing", name);
    }
    try {
        return found->get<T>();
    } catch (const Json::exception&) {
        return failure("\"{}\" has the wrong type or is out of range ({})", name, found->dump().substr(0, 60));
    }
}

/// The same with a value for an object that does not have the field.
template <typename T>
Result<T> fieldOr(const Json& object, const char* name, T fallback) {
    if (!object.is_object() || !object.contains(name)) {
        return fallback;
    }
    return field<T>(object, name);
}

}  // namespace ricercar
