#include "core/bench/figure.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

TEST(Figure, SaysHowManyTimesItsPeersItIs) {
    const Figure figure{"decoding, 8 at once", 15'000, "tokens/s", {{"plain PyTorch", 750}}};
    EXPECT_EQ(toJson(figure), Json::parse(R"({"name": "decoding, 8 at once", "value": 15000.0, "unit": "tokens/s",
        "peers": [{"name": "plain PyTorch", "value": 750.0, "ratio": 20.0}]})"));
    EXPECT_FALSE(toJson(Figure{"first note: median", 5, "ms"}).contains("peers"));
}

}  // namespace
}  // namespace ricercar
