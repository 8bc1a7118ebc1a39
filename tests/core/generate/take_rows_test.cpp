#include "core/generate/take_rows.h"

#include <array>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/model.h"
#include "support/random_model.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using Logits = std::vector<float>;

constexpr Token description = 700;
constexpr std::array<Token, 1> described = {description};

class TakeRowsTest : public testing::Test {
protected:
    TakeRowsTest() {
        const auto vocabulary = findVocabulary("house-2").value();
        size = static_cast<std::size_t>(vocabulary->size());
        EXPECT_TRUE(writeRandomModel(path, smallTransformer(vocabulary->size()), "house-2"));
        model = Model::open(path).value();
        seed = model->decoder(1);
        seed->prefill(std::array<Token, 2>{0, 5});
    }

    /// What the model says after the seed and `tokens`.
    Logits after(const std::vector<Token>& tokens) const {
        const auto decoder = seed->repeated(1);
        const auto logits = decoder->prefill(tokens);
        return {logits.begin(), logits.end()};
    }
    Logits row(std::span<const float> logits, std::size_t take) const {
        const auto numbers = logits.subspan(take * size, size);
        return {numbers.begin(), numbers.end()};
    }
    void expectNear(const Logits& a, const Logits& b) const {
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t token = 0; token < a.size(); ++token) {
            ASSERT_NEAR(a[token], b[token], 1e-3) << token;
        }
    }

    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "model.safetensors";
    std::shared_ptr<const Model> model;
    std::unique_ptr<Decoder> seed;
    std::size_t size = 0;
};

TEST_F(TakeRowsTest, WithoutADescriptionTheModelSpeaksForItself) {
    TakeRows rows(*seed, 2, {});
    const auto logits = rows.step(std::array<Token, 2>{7, 8});
    expectNear(row(logits, 0), after({7}));
    expectNear(row(logits, 1), after({8}));
}

TEST_F(TakeRowsTest, WhatADescriptionChangesIsEnlargedWhereItIsPlausible) {
    TakeRows rows(*seed, 2, described);
    expectNear(row(rows.step(std::array<Token, 2>{7, 8}), 0), after({7}));  // nothing is told yet
    rows.step(std::array<Token, 2>{description, 9});
    const Logits guided = row(rows.step(std::array<Token, 2>{10, description}), 0);
    const Logits told = after({7, description, 10});
    const Logits untold = after({7, 10});
    const float least = *std::max_element(told.begin(), told.end()) + std::log(0.05F);
    float lowest = std::numeric_limits<float>::infinity();
    int likelier = 0;
    for (std::size_t token = 0; token < size; ++token) {
        if (told[token] >= least) {
            ++likelier;
            ASSERT_NEAR(guided[token], untold[token] + 3 * (told[token] - untold[token]), 2e-3) << token;
            lowest = std::min(lowest, guided[token]);
        }
    }
    int rare = 0;
    for (std::size_t token = 0; token < size; ++token) {
        if (told[token] < least) {
            ++rare;
            ASSERT_LT(guided[token], lowest) << token;
        }
    }
    EXPECT_GT(rare, 10);
    EXPECT_GT(likelier, 10);
}

TEST_F(TakeRowsTest, TakesAreRewoundAndKeptWithBothTheirRows) {
    TakeRows rows(*seed, 3, described);
    rows.step(std::array<Token, 3>{7, 8, 9});
    rows.mark(2);
    const Logits first = row(rows.step(std::array<Token, 3>{description, description, description}), 2);
    rows.step(std::array<Token, 3>{20, 21, 22});
    rows.rewind(2);
    rows.keepTakes(std::array{0, 2});
    expectNear(row(rows.step(std::array<Token, 2>{30, description}), 1), first);
}

}  // namespace
}  // namespace ricercar
