#include "core/model/decoder.h"

#include <array>
#include <cmath>
#include <latch>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/heard.h"
#include "core/model/model.h"
#include "support/random_model.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using Logits = std::vector<float>;

Logits copied(std::span<const float> logits) { return {logits.begin(), logits.end()}; }

void expectNear(const Logits& a, std::span<const float> b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        ASSERT_NEAR(a[i], b[i], 1e-4) << i;
    }
}

/// One token for each row.
Logits stepAll(Decoder& decoder, const std::vector<Token>& tokens) {
    std::vector<int> rows(tokens.size());
    std::iota(rows.begin(), rows.end(), 0);
    return copied(decoder.step(rows, tokens));
}

class Decoders : public testing::TestWithParam<std::tuple<Architecture, Precision>> {
protected:
    Decoders() {
        const auto vocabulary = findVocabulary("house-2").value();
        const auto [architecture, precision] = GetParam();
        NetworkConfig config =
            architecture == Architecture::lstm ? smallLstm(vocabulary->size()) : smallTransformer(vocabulary->size());
        config.held = vocabulary->heldTokens();
        EXPECT_TRUE(writeRandomModel(path, config, "house-2"));
        model = Model::openIn(precision, path).value();
        Random random(5);
        for (int i = 0; i < 150; ++i) {  // three times the context of the transformer
            tokens.push_back(static_cast<Token>(random.below(static_cast<std::uint64_t>(vocabulary->size()))));
        }
    }

    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "model.safetensors";
    std::shared_ptr<const Model> model;
    std::vector<Token> tokens;
};

TEST_P(Decoders, PrefillEqualsSteps) {
    const auto stepping = model->decoder(1);
    Logits last;
    for (const Token token : tokens) {
        last = stepAll(*stepping, {token});
    }
    expectNear(last, model->decoder(1)->prefill(tokens));
}

TEST_P(Decoders, RowsDoNotMix) {
    const auto one = model->decoder(1);
    const auto three = model->decoder(3);
    for (std::size_t i = 0; i + 2 < 40; ++i) {
        const std::vector<Token> rows = {tokens[i], tokens[i + 1], tokens[i + 2]};
        const Logits all = stepAll(*three, rows);
        const Logits alone = stepAll(*one, {tokens[i + 1]});
        const std::size_t size = alone.size();
        ASSERT_EQ(Logits(all.begin() + static_cast<std::ptrdiff_t>(size),
                         all.begin() + static_cast<std::ptrdiff_t>(2 * size)),
                  alone)
            << "bit by bit, or a take would depend on its neighbours";
    }
}

TEST_P(Decoders, ARowThatDoesNotStepStaysWhereItIs) {
    const auto one = model->decoder(1);
    const auto two = model->decoder(2);
    stepAll(*one, {tokens[0]});
    stepAll(*two, {tokens[0], tokens[0]});
    for (std::size_t i = 1; i < 10; ++i) {
        two->step(std::array{0}, std::array{tokens[i]});
    }
    EXPECT_EQ(copied(two->step(std::array{1}, std::array{tokens[20]})), stepAll(*one, {tokens[20]}));
}

TEST_P(Decoders, RepeatedAndKeptRowsGoOnFromTheSamePlace) {
    const auto one = model->decoder(1);
    one->prefill(std::span(tokens).first(100));
    const auto three = one->repeated(3);
    const std::vector<Token> next = {tokens[100], tokens[101], tokens[102]};
    stepAll(*three, next);
    const std::vector<int> kept = {2, 0};
    three->keepRows(kept);
    EXPECT_EQ(three->rows(), 2);
    const std::vector<Token> same = {tokens[110], tokens[110]};
    const Logits both = stepAll(*three, same);
    const std::vector<Token> path2 = {tokens[102], tokens[110]};
    expectNear(Logits(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(both.size() / 2)), one->prefill(path2));
}

TEST_P(Decoders, ARewoundRowHasNeverReadWhatCameAfterItsMark) {
    for (const std::size_t marked : {10U, 40U, 60U}) {  // before, at and after the end of the transformer's cache
        for (const std::size_t more : {5U, 30U, 90U}) {
            const auto one = model->decoder(1);
            one->prefill(std::span(tokens).first(marked));
            const auto two = one->repeated(2);
            two->mark(1);
            for (int time = 0; time < 2; ++time) {
                for (std::size_t i = 0; i < more; ++i) {
                    stepAll(*two, {tokens[i], tokens[i + 20]});
                }
                two->rewind(1);
            }
            if (more == 30) {
                two->keepRows(std::vector{1});
                stepAll(*two, {tokens[3]});
                two->rewind(0);
            } else {
                two->keepRows(std::vector{1});
            }
            for (std::size_t i = 100; i < 120; ++i) {
                const Logits rewound = stepAll(*two, {tokens[i]});
                ASSERT_EQ(rewound, stepAll(*one, {tokens[i]})) << marked << " " << more << " " << i;
            }
        }
    }
}

TEST_P(Decoders, BranchesGoOnInThreadsOfTheirOwn) {
    std::shared_ptr<Decoder> trunk = model->decoder(1);
    trunk->prefill(std::span(tokens).first(40));
    const auto goOn = [&](Decoder& branch, std::size_t first) {
        Logits last;
        for (std::size_t i = first; i < first + 20; ++i) {
            last = stepAll(branch, {tokens[i]});
        }
        return last;
    };
    std::vector<Logits> alone;
    for (std::size_t thread = 0; thread < 4; ++thread) {
        alone.push_back(goOn(*trunk->repeated(1), thread));
    }
    std::vector<Logits> together(alone.size());
    std::latch branched(static_cast<std::ptrdiff_t>(alone.size()) + 1);
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < alone.size(); ++thread) {
            threads.emplace_back([&, thread, from = trunk]() mutable {
                const auto branch = from->repeated(1);
                from.reset();
                branched.arrive_and_wait();  // what they share now belongs to them alone, at last to any one of them
                together[thread] = goOn(*branch, thread);
            });
        }
        trunk.reset();
        branched.arrive_and_wait();
    }
    EXPECT_EQ(together, alone);
}

INSTANTIATE_TEST_SUITE_P(All, Decoders,
                         testing::Combine(testing::Values(Architecture::transformer, Architecture::lstm),
                                          testing::Values(Precision::stored, Precision::int8)));

TEST(Model, RefusesWhatDoesNotFit) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "model.safetensors";
    ASSERT_TRUE(writeRandomModel(path, smallTransformer(100), "house-2"));
    EXPECT_THAT(Model::open(path).error().message, testing::HasSubstr("it knows 100 tokens"));
    ASSERT_TRUE(writeRandomModel(path, smallTransformer(100), "house-9"));
    EXPECT_THAT(Model::open(path).error().message, testing::HasSubstr("there is no vocabulary"));
    const std::vector<float> numbers(4);
    const std::vector<TensorView> tensors = {{"embedding", {2, 2}, numbers}};
    ASSERT_TRUE(writeModelFile(path, {smallTransformer(100), "house-2", "x", Json::object()}, tensors));
    EXPECT_THAT(Model::open(path).error().message, testing::HasSubstr("\"embedding\" is [2, 2], not [100, 64]"));
    ASSERT_TRUE(writeSafeTensors(path, {}, tensors));
    EXPECT_THAT(Model::open(path).error().message, testing::HasSubstr("no model of this program"));
}

TEST(Heard, AConditionIsHeardUntilAnotherOneOrItsEnd) {
    NetworkConfig config = smallTransformer(10);
    config.width = 1;
    config.held = {{{2, 2}, {9, 1}}, {{4, 1}, {8, 2}}};
    const std::vector<float> embedding = {1, 2, 10, 20, 100, 3, 4, 5, 6, 7};
    Heard heard(config.held);
    std::vector<float> sums;
    for (const Token token : std::vector<Token>{5, 2, 6, 3, 6, 4, 6, 8, 6, 9, 6}) {
        heard.embed(token, config, embedding.data(), &sums.emplace_back());
    }
    EXPECT_EQ(sums, (std::vector<float>{3, 10, 4 + 10, 20, 4 + 20, 100 + 20, 4 + 20 + 100, 6 + 20, 4 + 20, 7, 4}));
}

TEST(NetworkConfig, WhatIsHeldIsChecked) {
    NetworkConfig config = smallTransformer(100);
    config.held = {{{10, 3}, {99, 1}}};
    const Json good = toJson(config);
    EXPECT_EQ(networkConfigFromJson(good).value(), config);
    for (const char* wrong : {R"({})", R"([1])", R"([[1, 2]])", R"([{}])", R"([{"tokens": [10, 3]}])",
                              R"([{"tokens": [10, 3], "until": [99, 2]}])", R"([{"tokens": [-1, 3], "until": [1, 1]}])",
                              R"([{"tokens": [1.5, 3], "until": [1, 1]}])"}) {
        Json changed = good;
        changed["held"] = Json::parse(wrong);
        EXPECT_FALSE(networkConfigFromJson(changed)) << wrong;
    }
}

TEST(NetworkConfig, EveryFieldIsChecked) {
    const Json good = toJson(smallTransformer(100));
    EXPECT_EQ(networkConfigFromJson(good).value(), smallTransformer(100));
    EXPECT_EQ(networkConfigFromJson(toJson(smallLstm(9))).value().architecture, Architecture::lstm);
    for (const auto& [name, value] : good.items()) {
        Json without = good;
        without.erase(name);
        EXPECT_FALSE(networkConfigFromJson(without)) << name;
        for (const Json& wrong : {Json(-1), Json(1 << 30), Json("x"), Json(17)}) {
            Json changed = good;
            changed[name] = wrong;
            if (name == "vocabularySize" || name == "context" || name == "layers") {
                if (wrong == Json(17)) continue;  // a good number for these
            }
            EXPECT_FALSE(networkConfigFromJson(changed)) << name << " " << wrong;
        }
    }
}

}  // namespace
}  // namespace ricercar
