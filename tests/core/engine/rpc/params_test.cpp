#include "core/engine/rpc/params.h"

#include <gmock/gmock.h>

namespace ricercar {
namespace {

TEST(Params, ReadsWhatIsThereAndFallsBackWhereItMay) {
    const Json json{{"text", "a"}, {"whole", 8}, {"alsoWhole", 8.0}, {"number", 0.5}, {"flag", true}};
    Params params(json);
    EXPECT_EQ(params.text("text"), "a");
    EXPECT_EQ(params.integer("whole", 1, 256), 8);
    EXPECT_EQ(params.integer("alsoWhole", 1, 256), 8);
    EXPECT_EQ(params.number("number", 0, 1), 0.5);
    EXPECT_TRUE(params.flag("flag", false));
    EXPECT_EQ(params.text("none", "b"), "b");
    EXPECT_EQ(params.integer("none", 1, 256, 4), 4);
    EXPECT_EQ(params.number("none", 0, 1, 0.25), 0.25);
    EXPECT_FALSE(params.flag("none", false));
    EXPECT_EQ(params.fault(), std::nullopt);
}

TEST(Params, NamesTheFirstFieldThatIsWrong) {
    const auto fault = [](const Json& json, const auto& read) {
        Params params(json, "seed.");
        read(params);
        params.text("not there either");
        return params.fault().value_or("");
    };
    const auto integer = [](Params& params) { params.integer("n", 1, 256); };
    const auto number = [](Params& params) { params.number("n", 0, 2); };
    const auto text = [](Params& params) { params.text("n"); };
    const auto flag = [](Params& params) { params.flag("n", false); };
    EXPECT_EQ(fault(Json::object(), integer), "\"seed.n\" is missing");
    EXPECT_EQ(fault({{"n", 0}}, integer), "\"seed.n\" must be a number from 1 to 256");
    EXPECT_EQ(fault({{"n", 1e300}}, integer), "\"seed.n\" must be a number from 1 to 256");
    EXPECT_EQ(fault({{"n", 1.5}}, integer), "\"seed.n\" must be a whole number");
    EXPECT_EQ(fault({{"n", "1"}}, integer), "\"seed.n\" must be a number from 1 to 256");
    EXPECT_EQ(fault({{"n", -0.1}}, number), "\"seed.n\" must be a number from 0 to 2");
    EXPECT_EQ(fault({{"n", nullptr}}, number), "\"seed.n\" must be a number from 0 to 2");
    EXPECT_EQ(fault({{"n", ""}}, text), "\"seed.n\" must be a text that is not empty");
    EXPECT_EQ(fault({{"n", 1}}, flag), "\"seed.n\" must be true or false");
    EXPECT_EQ(fault(Json::array(), text), "\"seed\" must be an object");
    const auto choice = [](Params& params) { params.choice("n", {"auto", "cpu"}); };
    EXPECT_EQ(fault({{"n", "tpu"}}, choice), "\"seed.n\" must be one of auto, cpu");
    EXPECT_EQ(fault({{"n", "cpu"}}, choice), "\"seed.not there either\" is missing");
    EXPECT_EQ(Params(Json::array()).fault(), "parameters are given by name, in an object");
}

}  // namespace
}  // namespace ricercar
