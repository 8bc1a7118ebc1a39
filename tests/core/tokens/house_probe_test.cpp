#include "core/tokens/house_probe.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/tokens/house_vocabulary.h"
#include "support/random_song.h"

namespace ricercar {
namespace {

std::vector<Token> judgedTokens(const HouseProbe& probe) {
    std::vector<Token> judged;
    for (std::size_t place = 0; place < probe.tokens.size(); ++place) {
        if (probe.judged[place]) {
            judged.push_back(probe.tokens[place]);
        }
    }
    return judged;
}

TEST(HouseProbes, TheSameNotesAreJudgedHoweverTheyAreTold) {
    const HouseVocabulary vocabulary;
    Random random(8);
    std::map<std::string, int> seen;
    for (int i = 0; i < 60; ++i) {
        const auto piece = vocabulary.encode(randomSong(random));
        const auto probes = houseProbes(piece, 1, 3, 700, random);
        std::map<std::string, std::vector<Token>> judged;
        for (const HouseProbe& probe : probes) {
            ASSERT_EQ(probe.tokens.size(), probe.judged.size());
            EXPECT_LE(probe.tokens.size(), 720u);
            const auto counted = judgedTokens(probe);
            const auto [first, isNew] = judged.emplace(probe.condition, counted);
            EXPECT_TRUE(isNew || first->second == counted) << probe.condition << " " << probe.told;
            EXPECT_TRUE(std::none_of(counted.begin(), counted.end(),
                                     [&](Token token) { return vocabulary.isCondition(token); }));
            ++seen[probe.condition + ": " + probe.told];
        }
    }
    for (const char* name :
         {"key: right", "key: wrong", "key: not told", "density: wrong", "polyphony: right", "style: wrong",
          "gap: both sides", "gap: one side", "accompaniment: alone", "accompaniment: with the others"}) {
        EXPECT_GT(seen[name], 3) << name;
    }
}

TEST(HouseProbes, WrongIsNotRight) {
    const HouseVocabulary vocabulary;
    Random random(8);
    const auto piece = vocabulary.encode(randomSong(random));
    const auto probes = houseProbes(piece, 1, 3, 700, random);
    const auto tokensOf = [&](const char* condition, const char* told) {
        return std::find_if(probes.begin(), probes.end(),
                            [&](const HouseProbe& probe) { return probe.condition == condition && probe.told == told; })
            ->tokens;
    };
    for (const char* condition : {"density", "polyphony", "style"}) {
        const auto right = tokensOf(condition, "right");
        const auto wrong = tokensOf(condition, "wrong");
        ASSERT_EQ(right.size(), wrong.size());
        for (std::size_t place = 0; place < right.size(); ++place) {
            EXPECT_EQ(right[place] == wrong[place], !vocabulary.isCondition(right[place]));
        }
    }
}

}  // namespace
}  // namespace ricercar
