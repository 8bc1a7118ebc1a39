#include "core/tokens/house_exercise.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/music/song.h"
#include "support/random_song.h"

namespace ricercar {
namespace {

using house::kinds;

class HouseConditions : public testing::Test {
protected:
    /// After a bar of 4/4 with one quarter of middle C on the piano and one on the violin.
    std::unique_ptr<Prefix> afterOneBar() const {
        auto prefix = vocabulary.emptyPrefix();
        push(*prefix, {startToken, kinds().bar.at(meter), kinds().tempo.at(10)});
        push(*prefix, note(0));
        push(*prefix, note(40));
        return prefix;
    }
    std::vector<Token> note(int program) const {
        return {kinds().program.at(program), kinds().position.at(0), kinds().velocity.at(8), kinds().pitch.at(60),
                kinds().duration.at(durationWithin(gridPerQuarter))};
    }
    static void push(Prefix& prefix, const std::vector<Token>& tokens) {
        for (const Token token : tokens) {
            ASSERT_TRUE(prefix.push(token)) << "token " << token;
        }
    }

    const HouseVocabulary vocabulary;
    const int meter = nearestMeter({4, 4});
};

TEST_F(HouseConditions, BarsBeyondAGapAreNoMusicYet) {
    const auto prefix = afterOneBar();
    const Song before = prefix->song();
    prefix->takeNotes();
    push(*prefix, {kinds().after.at(1), kinds().bar.at(meter), kinds().tempo.at(10)});
    push(*prefix, note(0));
    EXPECT_FALSE(prefix->allows(endToken));
    EXPECT_FALSE(prefix->allows(kinds().after.at(0)));
    EXPECT_EQ(prefix->song(), before);
    EXPECT_EQ(prefix->barsBegun(), 1);
    EXPECT_EQ(prefix->lastLine(), before.end);
    push(*prefix, {kinds().before.at(0)});
    EXPECT_FALSE(prefix->allows(endToken));
    push(*prefix, {kinds().bar.at(meter)});
    EXPECT_TRUE(prefix->takeNotes().empty());
    EXPECT_EQ(prefix->barsBegun(), 2);
}

TEST_F(HouseConditions, WhatIsGivenIsNotAddedOnceMore) {
    const auto prefix = afterOneBar();
    push(*prefix, {kinds().bar.at(meter), kinds().tempo.at(10), kinds().given.at(0)});
    push(*prefix, note(40));
    EXPECT_FALSE(prefix->allows(kinds().bar.at(meter)));
    push(*prefix, {kinds().fill.at(0)});
    EXPECT_FALSE(prefix->allows(kinds().given.at(0)));
    EXPECT_TRUE(prefix->allows(kinds().program.at(0)));
    push(*prefix, {kinds().program.at(40)});
    EXPECT_FALSE(prefix->allows(kinds().position.at(24)));
    EXPECT_TRUE(prefix->allows(kinds().part.at(0)));
    push(*prefix, {kinds().part.at(0), kinds().position.at(24)});
    EXPECT_EQ(prefix->takeNotes().size(), 3u);
}

TEST_F(HouseConditions, DescriptionsComeOnceAndInTheirOrder) {
    const auto prefix = afterOneBar();
    push(*prefix, {kinds().bar.at(meter), kinds().tempo.at(10), kinds().key.at(3)});
    EXPECT_FALSE(prefix->allows(kinds().style.at(0)));
    EXPECT_FALSE(prefix->allows(kinds().key.at(4)));
    push(*prefix, {kinds().polyphony.at(0), kinds().given.at(0), kinds().fill.at(0)});
    EXPECT_FALSE(prefix->allows(kinds().density.at(0)));
}

TEST_F(HouseConditions, ABarIsDescribedByItsNotes) {
    std::vector<Token> piece = {startToken, kinds().bar.at(meter), kinds().tempo.at(10)};
    for (const Token token : note(0)) {
        piece.push_back(token);
    }
    for (const int pitch : {64, 72}) {
        piece.push_back(kinds().pitch.at(pitch));
        piece.push_back(kinds().duration.at(durationWithin(gridPerQuarter * 4)));
    }
    piece.insert(piece.end(), {kinds().bar.at(meter), kinds().tempo.at(10), endToken});
    const auto described = describe(piece);
    ASSERT_EQ(described.size(), 2u);
    // Three notes in four quarters; 1 + 4 + 4 quarters of sound in four.
    EXPECT_EQ(described[0], (Description{std::nullopt, Key{0, Mode::major}, 0, 1}));
    EXPECT_EQ(described[1], (Description{std::nullopt, std::nullopt, 0, 0}));
    EXPECT_EQ(vocabulary.descriptionTokens(described[0]),
              (std::vector<Token>{kinds().key.at(0), kinds().density.at(0), kinds().polyphony.at(1)}));
}

TEST_F(HouseConditions, KeysMoveWithTheMusic) {
    const Token key = kinds().key.at(house::indexOfKey({11, Mode::minor}));
    EXPECT_EQ(vocabulary.transposed(key, 2), kinds().key.at(house::indexOfKey({1, Mode::minor})));
    EXPECT_EQ(vocabulary.transposed(key, -12), key);
}

TEST_F(HouseConditions, AnExerciseIsTheSameMusic) {
    Random random(5);
    int plain = 0;
    int given = 0;
    int gaps = 0;
    int described = 0;
    int describedLater = 0;
    int excerpts = 0;
    const int count = 400;
    for (int i = 0; i < count; ++i) {
        const auto piece = vocabulary.encode(randomSong(random));
        const auto exercise = vocabulary.exercise(piece, 3, random);
        const auto has = [&](const TokenRun& kind) {
            return std::any_of(exercise.begin(), exercise.end(), [&](Token token) { return kind.holds(token); });
        };
        described += has(kinds().style) || has(kinds().key) || has(kinds().density) || has(kinds().polyphony) ? 1 : 0;
        const bool startsPlain =
            exercise.size() > 3 && !vocabulary.isCondition(exercise[1]) && !vocabulary.isCondition(exercise[3]);
        describedLater += has(kinds().density) && startsPlain ? 1 : 0;
        given += has(kinds().given) ? 1 : 0;
        gaps += has(kinds().after) ? 1 : 0;
        // No token is lost or made up.
        std::vector<Token> bare;
        std::copy_if(exercise.begin(), exercise.end(), std::back_inserter(bare),
                     [&](Token token) { return !vocabulary.isCondition(token) && token != startToken; });
        bare.insert(bare.begin(), startToken);
        const auto starts = std::count(exercise.begin(), exercise.end(), startToken);
        excerpts += starts > 1 ? 1 : 0;
        if (!has(kinds().given) && !has(kinds().after)) {
            ASSERT_EQ(bare, piece);
            ++plain;
        } else {
            ASSERT_TRUE(std::is_permutation(bare.begin(), bare.end(), piece.begin(), piece.end()));
        }
        if (!has(kinds().after) && starts == 1) {
            const auto decoded = decode(vocabulary, exercise);
            ASSERT_TRUE(decoded) << decoded.error().message;
            EXPECT_EQ(noteCount(*decoded), noteCount(*decode(vocabulary, piece)));
        }
    }
    EXPECT_GT(plain, count * 0.4);
    EXPECT_GT(given, count * 0.1);
    EXPECT_GT(gaps, count * 0.05);
    EXPECT_GT(described, count * 0.2);
    EXPECT_GT(describedLater, count * 0.04);
    EXPECT_GT(excerpts, count * 0.05);
}

TEST_F(HouseConditions, TheFirstVocabularyHasNone) {
    const auto first = findVocabulary("house-1").value();
    Random random(6);
    const Song song = randomSong(random);
    const auto piece = first->encode(song);
    EXPECT_EQ(piece, vocabulary.encode(song));
    EXPECT_LT(first->size(), vocabulary.size());
    EXPECT_EQ(first->exercise(piece, 1, random), piece);
    EXPECT_EQ(successor("house-1"), "house-2");
    EXPECT_EQ(successor("events-1"), "events-1");
}

}  // namespace
}  // namespace ricercar
