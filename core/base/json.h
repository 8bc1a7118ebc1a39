#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace ricercar {

using Json = nlohmann::json;

/// Parses without throwing; the error has the position of the fault. Nesting deeper than 64 levels is refused.
Result<Json> parseJson(std::string_view text);

/// Whether a T holds every integer of `value`: Json::get converts numbers without a look at their range.
template <typename T>
bool integersFit(const Json& value) {
    if constexpr (std::integral<T> && !std::same_as<T, bool>) {
        return value.is_number_unsigned() ? std::in_range<T>(value.get<std::uint64_t>())
                                          : value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
    } else if constexpr (requires { requires std::same_as<T, std::vector<typename T::value_type>>; }) {
        return std::all_of(value.begin(), value.end(), integersFit<typename T::value_type>);
    }
    return true;
}

/// The field `name` of an object as a T, or an error that names the field and the type it should have.
template <typename T>
Result<T> field(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end()) {
        return failure("\"{}\" is missing", name);
    }
    try {
        if (integersFit<T>(*found)) {
            return found->get<T>();
        }
    } catch (const Json::exception&) {  // another type
    }
    return failure("\"{}\" has the wrong type or is out of range ({})", name, found->dump().substr(0, 60));
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
