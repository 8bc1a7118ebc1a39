#include "core/frames/context_mixer.h"

#include <array>

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/frames/mixed_hash.h"

namespace ricercar {
namespace {

constexpr std::array selectorSizes = {2, 3};

/// Decisions that the first of two contexts alone determines; the mean chance given to what was decided.
double meanChance(ContextMixer& mixer, int decisions, Random& random, bool remembering) {
    double sum = 0;
    for (int decision = 0; decision < decisions; ++decision) {
        const int telling = random.between(0, 9);
        const std::array contexts = {mixedHash(telling), mixedHash(random.between(0, 4))};
        const std::array selected = {random.between(0, 1), random.between(0, 2)};
        const bool yes = telling % 3 == 0;
        const double probability = mixer.probability(contexts, selected);
        EXPECT_GT(probability, 0);
        EXPECT_LT(probability, 1);
        sum += yes ? probability : 1 - probability;
        mixer.learn(yes);
        mixer.count(yes);
        if (remembering) {
            mixer.remember(contexts, yes);
        }
    }
    return sum / decisions;
}

TEST(ContextMixer, KnowsNothingAtFirst) {
    ContextMixer mixer(2, selectorSizes);
    const std::array contexts = {mixedHash(1), mixedHash(2)};
    EXPECT_EQ(mixer.probability(contexts, std::array{0, 0}), 0.5);
}

TEST(ContextMixer, LearnsWhichContextTells) {
    ContextMixer mixer(2, selectorSizes);
    Random random(1);
    meanChance(mixer, 3000, random, true);
    EXPECT_GT(meanChance(mixer, 1000, random, true), 0.97);
}

TEST(ContextMixer, APieceIsForgottenUnlessItIsRemembered) {
    for (const bool remembering : {false, true}) {
        ContextMixer mixer(2, selectorSizes);
        Random random(1);
        meanChance(mixer, 3000, random, remembering);
        mixer.beginPiece();
        const std::array contexts = {mixedHash(0), mixedHash(0)};
        const double probability = mixer.probability(contexts, std::array{0, 0});
        EXPECT_EQ(probability > 0.9, remembering);
        mixer.forgetAll();
        EXPECT_NEAR(mixer.probability(contexts, std::array{0, 0}), 0.5, 0.1);
    }
}

}  // namespace
}  // namespace ricercar
