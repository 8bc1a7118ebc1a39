#include "core/train/windows.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "core/tokens/event_vocabulary.h"
#include "core/tokens/house_vocabulary.h"
#include "support/random_song.h"

namespace ricercar {
namespace {

class Windows : public testing::Test {
protected:
    Windows() {
        Random random(1);
        for (int i = 0; i < 12; ++i) {
            pieces.push_back(vocabulary->encode(randomSong(random)));
        }
        styles.resize(pieces.size());
        for (const auto& piece : pieces) {
            spans.emplace_back(piece);
            total += piece.size();
        }
    }

    const std::shared_ptr<const Vocabulary> vocabulary = findVocabulary("events-1").value();
    std::vector<std::vector<Token>> pieces;
    std::vector<std::span<const Token>> spans;
    std::vector<std::optional<int>> styles;
    std::size_t total = 0;
};

/// The token whatever key it was moved to.
Token withoutPitch(Token token) {
    if (EventVocabulary::isOn(token)) return EventVocabulary::onAt(0);
    if (EventVocabulary::isOff(token)) return EventVocabulary::offAt(0);
    return token;
}

TEST_F(Windows, AnEpochHoldsEveryPieceOnce) {
    TrainingWindows windows(spans, styles, vocabulary, 16, 4, 1);
    std::map<Token, std::int64_t> seen;
    for (std::int64_t step = 0; step < windows.stepsPerEpoch(); ++step) {
        const TokenBatch batch = windows.batch(step);
        ASSERT_EQ(batch.rows, 4);
        ASSERT_EQ(batch.inputs.size(), 64u);
        for (const std::int32_t token : batch.inputs) {
            ++seen[withoutPitch(static_cast<Token>(token))];
        }
    }
    std::map<Token, std::int64_t> all;
    for (const auto& piece : pieces) {
        for (const Token token : piece) {
            ++all[withoutPitch(token)];
        }
    }
    std::int64_t missing = 0;
    for (const auto& [token, count] : all) {
        ASSERT_LE(seen[token], count);
        missing += count - seen[token];
    }
    EXPECT_LE(missing, 4 * 16 + 1) << "more is left out than the last windows";
}

TEST_F(Windows, TargetsAreTheNextTokens) {
    TrainingWindows windows(spans, styles, vocabulary, 16, 4, 1);
    const TokenBatch batch = windows.batch(0);
    for (std::size_t i = 0; i + 1 < 16; ++i) {
        EXPECT_EQ(batch.targets[i], batch.inputs[i + 1]);
    }
}

TEST_F(Windows, ABatchDependsOnSeedAndStepAlone) {
    TrainingWindows windows(spans, styles, vocabulary, 16, 4, 5);
    TrainingWindows again(spans, styles, vocabulary, 16, 4, 5);
    TrainingWindows other(spans, styles, vocabulary, 16, 4, 6);
    const std::int64_t late = windows.stepsPerEpoch() * 2 + 1;
    windows.batch(0);
    EXPECT_EQ(windows.batch(late).inputs, again.batch(late).inputs);
    EXPECT_NE(windows.batch(late).inputs, other.batch(late).inputs);
    EXPECT_NE(windows.batch(0).inputs, windows.batch(windows.stepsPerEpoch()).inputs) << "epochs are alike";
}

TEST_F(Windows, MuchMusicComesInPortionsAndEveryPieceOnce) {
    // Each piece has a token of its own, which no transposition changes.
    std::vector<std::vector<Token>> many;
    for (int wait = 1; wait <= 40; ++wait) {
        many.emplace_back(100, EventVocabulary::waitAt(wait)).front() = startToken;
    }
    const std::vector<std::span<const Token>> all(many.begin(), many.end());
    TrainingWindows windows(all, std::vector<std::optional<int>>(all.size()), vocabulary, 10, 2, 1, 1, 1);
    ASSERT_GE(windows.stepsPerEpoch(), 6 * 32 - 6) << "of 4000 tokens, in portions of 32 steps of 20";
    std::map<Token, std::int64_t> seen;
    std::set<std::int32_t> early;
    for (std::int64_t step = 0; step < windows.stepsPerEpoch(); ++step) {
        for (const std::int32_t token : windows.batch(step).inputs) {
            ++seen[static_cast<Token>(token)];
            if (step < 30) early.insert(token);
        }
    }
    EXPECT_LT(early.size(), 10u) << "more than a portion is read at a time";
    for (const auto& piece : many) {
        EXPECT_GT(seen[piece.back()], 70) << "a piece is left out";
        EXPECT_LE(seen[piece.back()], 99) << "a piece comes twice";
    }
    // In the next epoch too a step's batch depends on nothing that was drawn before.
    const std::int64_t late = windows.stepsPerEpoch() + 40;
    TrainingWindows again(all, std::vector<std::optional<int>>(all.size()), vocabulary, 10, 2, 1, 1, 1);
    EXPECT_EQ(windows.batch(late).inputs, again.batch(late).inputs);
    EXPECT_EQ(windows.batch(3).inputs, again.batch(3).inputs);
}

TEST_F(Windows, PiecesCanStayInTheirKey) {
    const std::vector<std::span<const Token>> one = {spans[0]};
    const auto moved = [&](double ownKeys) {
        TrainingWindows windows(one, {std::nullopt}, vocabulary, 16, 1, 1, ownKeys);
        std::set<std::int32_t> strange;
        for (std::int64_t step = 0; step < 12 * windows.stepsPerEpoch(); ++step) {
            const TokenBatch batch = windows.batch(step);
            std::ranges::copy_if(batch.inputs, std::inserter(strange, strange.end()), [&](std::int32_t token) {
                return std::ranges::find(one[0], static_cast<Token>(token)) == one[0].end();
            });
        }
        return strange.size();
    };
    EXPECT_EQ(moved(1), 0u);
    EXPECT_GT(moved(0.5), 0u);
}

TEST_F(Windows, ATinyPieceStillFillsAWindow) {
    const std::vector<Token> piece = {startToken, 2, 60, endToken};
    TrainingWindows windows({std::span<const Token>(piece)}, {std::nullopt}, vocabulary, 16, 4, 1);
    EXPECT_EQ(windows.stepsPerEpoch(), 1);
    EXPECT_EQ(windows.batch(0).rows, 1);
    EXPECT_EQ(windows.batch(7).inputs.size(), 16u);
}

TEST_F(Windows, EvaluationCoversEveryTokenOnce) {
    std::int64_t counted = 0;
    std::int64_t notes = 0;
    for (const TokenBatch& batch : evaluationBatches(spans, 16, 4, total)) {
        EXPECT_LE(batch.rows, 4);
        EXPECT_EQ(batch.targets.size(), static_cast<std::size_t>(batch.rows * 16));
        counted += std::count_if(batch.targets.begin(), batch.targets.end(),
                                 [](std::int32_t target) { return target != TokenBatch::ignored; });
        notes += noteTargets(batch, *vocabulary);
    }
    EXPECT_EQ(counted, static_cast<std::int64_t>(total - pieces.size())) << "all but the start tokens";
    std::int64_t expected = 0;
    for (const auto& piece : pieces) {
        expected += std::count_if(piece.begin(), piece.end(), [&](Token token) { return vocabulary->isNote(token); });
    }
    EXPECT_EQ(notes, expected);
}

TEST_F(Windows, EvaluationKeepsToItsLimitInWholePieces) {
    const auto batches = evaluationBatches(spans, 16, 4, spans[0].size() + 1);
    std::int64_t counted = 0;
    for (const TokenBatch& batch : batches) {
        counted += std::count_if(batch.targets.begin(), batch.targets.end(),
                                 [](std::int32_t target) { return target != TokenBatch::ignored; });
    }
    EXPECT_EQ(counted, static_cast<std::int64_t>(spans[0].size()) - 1);
}

TEST(HouseWindows, ConditionsAreReadButNeverLearnt) {
    const auto vocabulary = findVocabulary("house-2").value();
    Random random(3);
    std::vector<std::vector<Token>> pieces;
    std::vector<std::span<const Token>> spans;
    for (int i = 0; i < 40; ++i) {
        pieces.push_back(vocabulary->encode(randomSong(random)));
    }
    for (const auto& piece : pieces) {
        spans.emplace_back(piece);
    }
    TrainingWindows windows(spans, std::vector<std::optional<int>>(spans.size(), 2), vocabulary, 64, 4, 1);
    std::int64_t read = 0;
    for (std::int64_t step = 0; step < windows.stepsPerEpoch(); ++step) {
        const TokenBatch batch = windows.batch(step);
        for (std::size_t place = 0; place < batch.inputs.size(); ++place) {
            read += vocabulary->isCondition(static_cast<Token>(batch.inputs[place])) ? 1 : 0;
            ASSERT_FALSE(batch.targets[place] != TokenBatch::ignored &&
                         vocabulary->isCondition(static_cast<Token>(batch.targets[place])));
        }
    }
    EXPECT_GT(read, 20);
}

TEST(HouseWindows, ExcerptsOfAPieceStandAmongOthers) {
    const auto vocabulary = findVocabulary("house-2").value();
    Song song;
    song.ticksPerQuarter = gridPerQuarter;
    Track track;
    for (int bar = 0; bar < 60; ++bar) {
        track.notes.push_back({Tick{std::int64_t{bar} * 4 * gridPerQuarter}, TickDelta{gridPerQuarter},
                               Pitch::clamped(60), Velocity::clamped(80)});
    }
    song.tracks.push_back(std::make_shared<const Track>(track));
    song.end = Tick{std::int64_t{60} * 4 * gridPerQuarter};
    const auto piece = vocabulary->encode(song);
    const std::vector<std::span<const Token>> pieces(mostStyles * 4, piece);
    std::vector<std::optional<int>> styles;
    for (int index = 0; index < mostStyles * 4; ++index) {
        styles.emplace_back(index % mostStyles);
    }
    TrainingWindows windows(pieces, styles, vocabulary, static_cast<int>(piece.size()) * mostStyles, 1, 1);
    const TokenRun& style = house::kinds().style;
    int alike = 0;
    int different = 0;
    for (std::int64_t step = 0; step < windows.stepsPerEpoch(); ++step) {
        std::optional<std::int32_t> last;
        std::optional<std::int32_t> before;
        for (const std::int32_t token : windows.batch(step).inputs) {
            if (token == startToken) {
                before = std::exchange(last, {});
            } else if (style.holds(static_cast<Token>(token)) && !last) {
                last = token;
                alike += before == last ? 1 : 0;
                different += before && before != last ? 1 : 0;
            }
        }
    }
    EXPECT_GT(different, 10);
    EXPECT_LT(alike, different) << "what a description says must not be clear from what was read before";
}

}  // namespace
}  // namespace ricercar
