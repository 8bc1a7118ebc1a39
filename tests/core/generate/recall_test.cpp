#include "core/generate/recall.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/tokens/house_vocabulary.h"

namespace ricercar {
namespace {

using house::kinds;

/// Twelve bars of 4/4, no two alike, and one that has just begun.
class RecallTest : public testing::Test {
protected:
    RecallTest() {
        for (int token = 0; token < vocabulary.size(); ++token) {
            tokenKinds.push_back(vocabulary.kind(static_cast<Token>(token)));
        }
        Song song;
        song.ticksPerQuarter = gridPerQuarter;
        Track track;
        for (int note = 0; note < 48; ++note) {
            track.notes.push_back({Tick{std::int64_t{note} * gridPerQuarter}, TickDelta{gridPerQuarter},
                                   Pitch::clamped(40 + note), Velocity::clamped(80)});
        }
        song.tracks.push_back(std::make_shared<const Track>(track));
        song.end = Tick{std::int64_t{48} * gridPerQuarter};
        const auto prefix = vocabulary.emptyPrefix();
        std::vector<Token> tokens = vocabulary.encode(song);
        tokens.back() = tokens[1];  // a bar begins in place of the end
        for (const Token token : tokens) {
            guard.push(*prefix, token);
            EXPECT_TRUE(prefix->push(token)) << vocabulary.text(token);
        }
    }

    /// The token that is made likelier where all are as likely.
    std::optional<Token> favoured() const {
        std::vector<float> logits(tokenKinds.size(), 1);
        recall.favour(guard, std::vector<std::uint8_t>(logits.size(), 1), logits);
        const auto raised = std::find_if(logits.begin(), logits.end(), [](float logit) { return logit > 1; });
        return raised == logits.end() ? std::nullopt : std::optional(static_cast<Token>(raised - logits.begin()));
    }
    const HouseVocabulary vocabulary;
    LoopGuard guard{vocabulary};
    std::vector<TokenKind> tokenKinds;
    Recall recall;
    Random random{5};
};

TEST_F(RecallTest, NowAndThenABarIsToBeLikeAnEarlierOne) {
    int recalled = 0;
    for (int time = 0; time < 2000; ++time) {
        recall.forget();
        recall.choose(guard, random);
        recalled += favoured().has_value() ? 1 : 0;
    }
    EXPECT_GT(recalled, 60);
    EXPECT_LT(recalled, 150) << "about one bar in twenty begins it";
}

TEST_F(RecallTest, ThatBarIsFollowedToItsEndAndAroundAVariation) {
    while (!favoured()) {
        recall.choose(guard, random);
    }
    std::vector<Token> followed;
    for (int token = 0; token < 5; ++token) {
        followed.push_back(*favoured());
        recall.push(guard, tokenKinds, followed.back());
    }
    const auto isPitch = [](Token token) { return kinds().pitch.holds(token); };
    while (!isPitch(*favoured())) {
        recall.push(guard, tokenKinds, *favoured());
    }
    const Token expected = *favoured();
    recall.push(guard, tokenKinds, kinds().pitch.at(kinds().pitch.indexOf(expected) + 7));  // a variation
    EXPECT_TRUE(kinds().duration.holds(*favoured())) << "goes on after the note that is another";
    const Token duration = *favoured();
    recall.push(guard, tokenKinds, kinds().velocity.at(3));  // is not there
    EXPECT_EQ(favoured(), duration);
    for (int token = 0; token < 40 && !kinds().bar.holds(*favoured()); ++token) {
        recall.push(guard, tokenKinds, *favoured());
    }
    EXPECT_TRUE(kinds().bar.holds(*favoured())) << "ends where that bar did";
    recall.forget();
    EXPECT_FALSE(favoured());
}

TEST_F(RecallTest, WhatTheModelHoldsForImpossibleIsNotFavoured) {
    while (!favoured()) {
        recall.choose(guard, random);
    }
    const auto token = static_cast<std::size_t>(*favoured());
    std::vector<float> logits(tokenKinds.size(), 1);
    std::vector<std::uint8_t> mask(logits.size(), 1);
    logits[token] = -9;
    recall.favour(guard, mask, logits);
    EXPECT_EQ(logits[token], -9);
    logits[token] = 1;
    mask[token] = 0;
    recall.favour(guard, mask, logits);
    EXPECT_EQ(logits[token], 1);
}

}  // namespace
}  // namespace ricercar
