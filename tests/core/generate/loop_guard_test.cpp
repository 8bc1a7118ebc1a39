#include "core/generate/loop_guard.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/generate/sampler.h"
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

TEST(LoopGuard, ACircleOfAFewBarsIsLeftWhenMoreThanHalfAreCopies) {
    EXPECT_EQ(Stuck().equalBarsBeforeAChange({barWith(60), barWith(62), barWith(64)}, 30), 12);
    EXPECT_EQ(Stuck().equalBarsBeforeAChange({barWith(60), barWith(62), barWith(64), barWith(65)}, 30), 13);
}

TEST(LoopGuard, TheFormsOfRealMusicAreLeftAlone) {
    const auto phrase = [](int first) {
        return std::vector{barWith(first), barWith(first + 2), barWith(first + 4), barWith(first + 5)};
    };
    std::vector<std::vector<Token>> aaba;
    for (const int first : {60, 60, 72, 60}) {
        const auto bars = phrase(first);
        aaba.insert(aaba.end(), bars.begin(), bars.end());
    }
    EXPECT_EQ(Stuck().equalBarsBeforeAChange(aaba, 16), 16);
    // Always new, though every fourth bar is a refrain.
    std::vector<std::vector<Token>> refrain;
    for (int bar = 0; bar < 64; ++bar) {
        refrain.push_back(barWith(bar % 4 == 3 ? 20 : 30 + bar));
    }
    EXPECT_EQ(Stuck().equalBarsBeforeAChange(refrain, 64), 64);
}

/// Bars by a model that wants one bar of eight notes for ever, and goes back to it after every change; a pitch that is
/// k semitones off is e^-2k as likely as the wanted one.
class Obsessed {
public:
    std::vector<std::vector<Token>> bars(int count, double wantedTemperature) {
        const house::Kinds& kinds = house::kinds();
        std::vector<Token> wanted = {kinds.bar.at(nearestMeter({4, 4})), kinds.tempo.at(10), kinds.program.at(0)};
        for (int note = 0; note < 8; ++note) {
            wanted.push_back(kinds.position.at(12 * note));
            if (note == 0) {
                wanted.push_back(kinds.velocity.at(8));
            }
            wanted.insert(wanted.end(), {kinds.pitch.at(60 + note), kinds.duration.at(11)});
        }
        const HouseVocabulary vocabulary;
        LoopGuard guard(vocabulary);
        Sampler sampler(1.0);
        Random random(1);
        const auto prefix = vocabulary.emptyPrefix();
        prefix->push(startToken);
        std::vector<std::uint8_t> mask(static_cast<std::size_t>(vocabulary.size()));
        std::vector<float> logits(mask.size());
        std::vector<std::vector<Token>> drawn;
        while (static_cast<int>(drawn.size()) < count) {
            auto& bar = drawn.emplace_back();
            for (const Token token : wanted) {
                for (std::size_t other = 0; other < logits.size(); ++other) {
                    const bool pitch = kinds.pitch.holds(token) && kinds.pitch.holds(static_cast<Token>(other));
                    const auto distance = std::abs(static_cast<float>(other) - static_cast<float>(token));
                    logits[other] = pitch ? -2.0F * distance : (other == token ? 0.0F : -100.0F);
                }
                prefix->allowed(mask);
                guard.restrict(*prefix, mask);
                hottest = std::max(hottest, guard.temperature(wantedTemperature));
                bar.push_back(sampler.draw(logits, mask, guard.temperature(wantedTemperature), random));
                guard.push(*prefix, bar.back(), random);
                EXPECT_TRUE(prefix->push(bar.back()));
            }
        }
        return drawn;
    }
    double hottest = 0;
};

TEST(LoopGuard, SmallVariationsAreNoWayOut) {
    Obsessed model;
    const auto bars = model.bars(32, 0.05);
    for (std::size_t first = 0; first + 16 <= bars.size(); ++first) {
        int repeats = 0;
        for (std::size_t bar = first + 1; bar < first + 16; ++bar) {
            const auto end = bars.begin() + static_cast<std::ptrdiff_t>(bar);
            repeats += std::count(bars.begin() + static_cast<std::ptrdiff_t>(first), end, bars[bar]) > 0 ? 1 : 0;
        }
        EXPECT_LE(repeats, 9) << "from bar " << first;
    }
    EXPECT_DOUBLE_EQ(model.hottest, 1.0);
}

TEST(LoopGuard, WhatIsHotAlreadyIsNotCooled) {
    Obsessed model;
    model.bars(32, 1.4);
    EXPECT_DOUBLE_EQ(model.hottest, 1.4);
}

}  // namespace
}  // namespace ricercar
