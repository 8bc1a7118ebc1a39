#include "core/base/json.h"

namespace ricercar {

Result<Json> parseJson(std::string_view text) {
    constexpr int deepest = 64;
    bool tooDeep = false;
    try {
        Json value = Json::parse(text, [&](int depth, Json::parse_event_t, Json&) {
            tooDeep = tooDeep || depth > deepest;
            return !tooDeep;
        });
        if (tooDeep) {
            return failure("JSON is nested deeper than {} levels", deepest);
        }
        return value;
    } catch (const Json::parse_error& error) {
        return failure("not valid JSON at byte {}", error.byte);
    } catch (const Json::exception& error) {
        return failure("not valid JSON: {}", error.what());
    }
}

}  // namespace ricercar
