#include "core/generate/loop_guard.h"

#include <gtest/gtest.h>

#include "core/tokens/house_vocabulary.h"

namespace ricercar {
namespace {

/// Draws bars with a model that always wants one more copy of `bar`.
class Stuck {
public:
    int equalBarsBeforeAChange(const std::vector<std::vector<Token>>& wanted, int bars) {
        const HouseVocabulary vocabulary;
        LoopGuard guard(vocabulary);
        Random random(1);
        const auto prefix = vocabulary.emptyPrefix();
        const auto push = [&](Token token) {
            guard.push(*prefix, token, random);
            ASSERT_TRUE(prefix->push(token));
        };
        push(startToken);
        std::vector<std::uint8_t> mask(static_cast<std::size_t>(vocabulary.size()));
        for (int bar = 0; bar < bars; ++bar) {
            for (const Token token : wanted[static_cast<std::size_t>(bar) % wanted.size()]) {
                prefix->allowed(mask);
                guard.restrict(*prefix, mask);
                if (mask[token] == 0) {
                    return bar;
                }
                push(token);
            }
        }
        return bars;
    }
};

std::vector<Token> barWith(int pitch) {
    const house::Kinds& kinds = house::kinds();
    return {kinds.bar.at(0),      kinds.tempo.at(10),    kinds.program.at(0), kinds.position.at(0),
            kinds.velocity.at(8), kinds.pitch.at(pitch), kinds.duration.at(5)};
}

TEST(LoopGuard, AFifthEqualBarIsTurnedAway) { EXPECT_EQ(Stuck().equalBarsBeforeAChange({barWith(60)}, 20), 4); }

TEST(LoopGuard, AFourthEqualPairIsTurnedAway) {
    EXPECT_EQ(Stuck().equalBarsBeforeAChange({barWith(60), barWith(62)}, 20), 6);
}

TEST(LoopGuard, EmptyBarsAreLeftToo) {
    const house::Kinds& kinds = house::kinds();
    // The sixth bar line would make the fifth bar one more empty copy.
    EXPECT_EQ(Stuck().equalBarsBeforeAChange({{kinds.bar.at(0), kinds.tempo.at(10)}}, 20), 5);
}

TEST(LoopGuard, ChangingMusicIsLeftAlone) {
    EXPECT_EQ(Stuck().equalBarsBeforeAChange({barWith(60), barWith(62), barWith(64)}, 30), 30);
}

}  // namespace
}  // namespace ricercar
