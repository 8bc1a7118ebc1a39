#include "core/base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ricercar {
namespace {

using testing::HasSubstr;

TEST(Json, FaultHasItsPlace) { EXPECT_THAT(parseJson("{\"a\": ]").error().message, HasSubstr("byte 7")); }

TEST(Json, DeepNestingIsRefused) {
    EXPECT_FALSE(parseJson(std::string(100'000, '[')));
    EXPECT_FALSE(parseJson(std::string(100, '[') + std::string(100, ']')));
    EXPECT_TRUE(parseJson(std::string(60, '[') + std::string(60, ']')));
}

TEST(Json, FieldsAreChecked) {
    const Json object = {{"bars", 8}, {"name", "x"}};
    EXPECT_EQ(field<int>(object, "bars").value(), 8);
    EXPECT_THAT(field<int>(object, "name").error().message, HasSubstr("wrong type"));
    EXPECT_THAT(field<int>(object, "takes").error().message, HasSubstr("\"takes\" is missing"));
    EXPECT_EQ(fieldOr<int>(object, "takes", 4).value(), 4);
    EXPECT_FALSE(field<int>(Json::array(), "bars"));
}

TEST(Json, IntegersOutOfRangeAreRefused) {
    for (const char* number : {"4294967304", "-2147483649", "18446744073709551615", "1e300", "8.5"}) {
        const auto object = parseJson(fmt::format(R"({{"bars": {0}, "list": [1, {0}]}})", number)).value();
        EXPECT_THAT(field<int>(object, "bars").error().message, HasSubstr("out of range")) << number;
        EXPECT_FALSE(field<std::vector<int>>(object, "list")) << number;
    }
    EXPECT_FALSE(field<std::vector<std::uint64_t>>({{"list", {1, -1}}}, "list"));
    EXPECT_EQ(field<std::vector<std::uint64_t>>({{"list", {1, 2}}}, "list").value().size(), 2u);
}

}  // namespace
}  // namespace ricercar
