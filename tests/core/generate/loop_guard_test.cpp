#include "core/generate/loop_guard.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/generate/sampler.h"
#include "core/tokens/house_vocabulary.h"

namespace ricercar {
namespace {

/// Which of `bars` bars, drawn by a model that wants `wanted` again and again, is the first that is taken back.
int barTakenBack(const std::vector<std::vector<Token>>& wanted, int bars) {
    const HouseVocabulary vocabulary;
    LoopGuard guard(vocabulary);
    const auto prefix = vocabulary.emptyPrefix();
    const auto push = [&](Token token) {
        guard.push(*prefix, token);
        EXPECT_TRUE(prefix->push(token));
    };
    push(startToken);
    for (int bar = 0; bar < bars; ++bar) {
        for (const Token token : wanted[static_cast<std::size_t>(bar) % wanted.size()]) {
            push(token);
        }
        if (guard.isCopy()) {
            return bar;
        }
    }
    return bars;
}

std::vector<Token> barWith(int pitch) {
    const house::Kinds& kinds = house::kinds();
    return {kinds.bar.at(0),      kinds.tempo.at(10),    kinds.program.at(0), kinds.position.at(0),
            kinds.velocity.at(8), kinds.pitch.at(pitch), kinds.duration.at(5)};
}

TEST(LoopGuard, AFifthEqualBarIsTakenBack) { EXPECT_EQ(barTakenBack({barWith(60)}, 20), 4); }

TEST(LoopGuard, AFourthEqualPairIsTakenBack) {
    // Of the pair it is the first bar that may not come again.
    EXPECT_EQ(barTakenBack({barWith(60), barWith(62)}, 20), 6);
}

TEST(LoopGuard, EmptyBarsAreLeftToo) {
    const house::Kinds& kinds = house::kinds();
    EXPECT_EQ(barTakenBack({{kinds.bar.at(0), kinds.tempo.at(10)}}, 20), 4);
}

TEST(LoopGuard, ACircleOfAFewBarsIsLeftWhenMoreThanHalfAreCopies) {
    EXPECT_EQ(barTakenBack({barWith(60), barWith(62), barWith(64)}, 30), 12);
    EXPECT_EQ(barTakenBack({barWith(60), barWith(62), barWith(64), barWith(65)}, 30), 13);
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
    EXPECT_EQ(barTakenBack(aaba, 16), 16);
    // Always new, though every fourth bar is a refrain.
    std::vector<std::vector<Token>> refrain;
    for (int bar = 0; bar < 64; ++bar) {
        refrain.push_back(barWith(bar % 4 == 3 ? 20 : 30 + bar));
    }
    EXPECT_EQ(barTakenBack(refrain, 64), 64);
}

/// Bars by a guarded model that wants one bar of eight notes for ever, and goes back to it after every change; a pitch
/// that is k semitones off is e^-2k as likely as the wanted one.
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
        std::vector<TokenKind> kindOf;
        for (int token = 0; token < vocabulary.size(); ++token) {
            kindOf.push_back(vocabulary.kind(static_cast<Token>(token)));
        }
        LoopGuard guard(vocabulary);
        Sampler sampler(kindOf);
        Random random(1);
        auto prefix = vocabulary.emptyPrefix();
        prefix->push(startToken);
        std::vector<std::uint8_t> mask(static_cast<std::size_t>(vocabulary.size()));
        std::vector<float> logits(mask.size());
        std::vector<std::vector<Token>> drawn;
        while (static_cast<int>(drawn.size()) < count) {
            auto& bar = drawn.emplace_back(std::vector{wanted[0]});
            guard.push(*prefix, wanted[0]);
            prefix->push(wanted[0]);
            const auto line = prefix->clone();
            LoopGuard guardAtLine = guard;
            for (int tries = 0; bar.size() < wanted.size() || guard.isCopy();) {
                if (bar.size() == wanted.size()) {
                    EXPECT_LE(++tries, 3);
                    ++takenBack;
                    guardAtLine.tryAgain(random);
                    guard = guardAtLine;
                    prefix = line->clone();
                    bar.resize(1);
                }
                const Token token = wanted[bar.size()];
                for (std::size_t other = 0; other < logits.size(); ++other) {
                    const bool pitch = kinds.pitch.holds(token) && kinds.pitch.holds(static_cast<Token>(other));
                    const auto distance = std::abs(static_cast<float>(other) - static_cast<float>(token));
                    logits[other] = pitch ? -2.0F * distance : (other == token ? 0.0F : -100.0F);
                }
                prefix->allowed(mask);
                guard.restrict(*prefix, mask);
                const double heat = guard.temperature(wantedTemperature);
                hottest = std::max(hottest, heat);
                bar.push_back(sampler.draw(logits, mask, {{heat, heat, heat, heat}, 0, 1}, random));
                guard.push(*prefix, bar.back());
                EXPECT_TRUE(prefix->push(bar.back()));
            }
        }
        return drawn;
    }
    int takenBack = 0;
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

TEST(LoopGuard, NoBarComesMoreThanFourTimesInARow) {
    for (const double temperature : {0.05, 0.5, 1.0}) {
        Obsessed model;
        const auto bars = model.bars(64, temperature);
        int run = 1;
        for (std::size_t bar = 1; bar < bars.size(); ++bar) {
            run = bars[bar] == bars[bar - 1] ? run + 1 : 1;
            EXPECT_LE(run, 4) << "bar " << bar << " at " << temperature;
        }
        EXPECT_GT(model.takenBack, 0);
    }
}

TEST(LoopGuard, NotesAreHeldBackOnlyWhileTheyMayBeTakenBack) {
    const HouseVocabulary vocabulary;
    LoopGuard guard(vocabulary);
    const auto prefix = vocabulary.emptyPrefix();
    const auto push = [&](const std::vector<Token>& tokens) {
        bool held = false;
        for (const Token token : tokens) {
            guard.push(*prefix, token);
            ASSERT_TRUE(prefix->push(token));
            held = guard.mayBeCopy();
        }
        EXPECT_EQ(held, prefix->barsBegun() == 5 && tokens == barWith(60));
    };
    push({startToken});
    for (int bar = 0; bar < 4; ++bar) {
        push(barWith(60));
    }
    LoopGuard other = guard;
    const auto otherPrefix = prefix->clone();
    push(barWith(60));  // may be the fifth
    for (const Token token : barWith(61)) {
        other.push(*otherPrefix, token);
        otherPrefix->push(token);
        EXPECT_EQ(other.mayBeCopy(), !house::kinds().pitch.holds(token) && !house::kinds().duration.holds(token));
    }
}

TEST(LoopGuard, WhatIsHotAlreadyIsNotCooled) {
    Obsessed model;
    model.bars(32, 1.4);
    EXPECT_DOUBLE_EQ(model.hottest, 1.4);
}

}  // namespace
}  // namespace ricercar
