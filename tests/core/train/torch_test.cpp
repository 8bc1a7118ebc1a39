#include <cmath>

#include <gtest/gtest.h>

#include "core/model/model.h"
#include "core/train/backend_loader.h"
#include "core/train/network_backend.h"
#include "support/random_model.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

class Torch : public testing::TestWithParam<Architecture> {
protected:
    Torch() {
        config =
            GetParam() == Architecture::lstm ? smallLstm(vocabulary->size()) : smallTransformer(vocabulary->size());
        config.held = {{{5, 2}, {30, 3}}, {{7, 1}, {40, 1}}};
        Random random(1);
        batch.rows = 2;
        batch.length = 40;
        for (int i = 0; i < batch.rows * batch.length; ++i) {
            batch.inputs.push_back(static_cast<std::int32_t>(random.below(50)));
            batch.targets.push_back(i % 7 == 0 ? TokenBatch::ignored : static_cast<std::int32_t>(random.below(50)));
        }
    }

    std::unique_ptr<TrainableNetwork> network(std::uint64_t rng = 1) const {
        return loadNetworkBackend().value()->create(config, "cpu", rng).value();
    }
    std::filesystem::path written(const TrainableNetwork& trained, bool withOptimiser = false) const {
        auto tensors = trained.weights();
        if (withOptimiser) {
            for (auto& tensor : trained.optimiser()) {
                tensors.push_back(std::move(tensor));
            }
        }
        std::vector<TensorView> views;
        for (const OwnedTensor& tensor : tensors) {
            views.push_back(tensor.view());
        }
        const auto path = folder.path() / "model.safetensors";
        EXPECT_TRUE(writeModelFile(path, {config, "house-2", "test", Json::object()}, views));
        return path;
    }

    const std::shared_ptr<const Vocabulary> vocabulary = findVocabulary("house-2").value();
    const TemporaryFolder folder;
    NetworkConfig config;
    TokenBatch batch;
};

/// The same loss by the decoder, token for token.
BatchLoss decoded(const Model& model, const TokenBatch& batch) {
    BatchLoss loss;
    for (int row = 0; row < batch.rows; ++row) {
        const auto decoder = model.decoder(1);
        for (int time = 0; time < batch.length; ++time) {
            const auto place = static_cast<std::size_t>(row * batch.length + time);
            const auto token = static_cast<Token>(batch.inputs[place]);
            const auto logits = decoder->step(std::array{0}, std::span(&token, 1));
            if (batch.targets[place] == TokenBatch::ignored) {
                continue;
            }
            double total = 0;
            for (const float logit : logits) {
                total += std::exp(double{logit});
            }
            loss.nats += std::log(total) - logits[static_cast<std::size_t>(batch.targets[place])];
            ++loss.tokens;
        }
    }
    return loss;
}

TEST_P(Torch, TheDecoderComputesWhatTorchDoes) {
    const auto trained = network();
    ASSERT_TRUE(trained->train(batch, {1e-2, 0.0, 1}));  // away from the start, where norms are all one
    const BatchLoss expected = trained->evaluate(batch).value();
    const auto model = Model::openIn(Precision::stored, written(*trained));
    ASSERT_TRUE(model) << model.error().message;
    const BatchLoss loss = decoded(**model, batch);
    EXPECT_EQ(loss.tokens, expected.tokens);
    EXPECT_NEAR(loss.nats / static_cast<double>(loss.tokens), expected.nats / static_cast<double>(expected.tokens),
                1e-4);
}

TEST_P(Torch, TrainingLowersTheLoss) {
    const auto trained = network();
    const double before = trained->evaluate(batch)->nats;
    for (int step = 0; step < 30; ++step) {
        ASSERT_TRUE(trained->train(batch, {1e-2, 0.1, static_cast<std::uint64_t>(step)}));
    }
    EXPECT_LT(trained->evaluate(batch)->nats, 0.7 * before);
}

TEST_P(Torch, TheFutureIsNotSeen) {
    const auto trained = network();
    TokenBatch first = batch;
    std::fill(first.targets.begin() + 20, first.targets.end(), TokenBatch::ignored);
    TokenBatch changed = first;
    for (std::size_t place = 20; place < 40; ++place) {
        changed.inputs[place] = 7;
    }
    EXPECT_DOUBLE_EQ(trained->evaluate(first)->nats, trained->evaluate(changed)->nats);
}

TEST_P(Torch, GoesOnFromItsStateBitByBit) {
    const auto straight = network();
    const auto interrupted = network();
    const auto resumed = network(99);
    for (int step = 0; step < 6; ++step) {
        const StepSettings settings{1e-3, 0.2, static_cast<std::uint64_t>(step)};
        ASSERT_TRUE(straight->train(batch, settings));
        if (step == 3) {
            const auto file = SafeTensors::open(written(*interrupted, true)).value();
            ASSERT_TRUE(resumed->load(file, 3));
        }
        ASSERT_TRUE((step < 3 ? interrupted : resumed)->train(batch, settings));
    }
    const auto expected = straight->weights();
    const auto weights = resumed->weights();
    ASSERT_EQ(weights.size(), expected.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        EXPECT_EQ(weights[i].values, expected[i].values) << weights[i].name;
    }
}

TEST_P(Torch, PartsOfABatchAreTheWhole) {
    const auto whole = network();
    const auto inParts = network();
    for (int step = 0; step < 3; ++step) {
        StepSettings settings{1e-3, 0.2, static_cast<std::uint64_t>(step)};
        const auto loss = whole->train(batch, settings);
        settings.rowsAtOnce = 1;
        const auto sum = inParts->train(batch, settings);
        ASSERT_TRUE(loss && sum);
        EXPECT_NEAR(sum->nats, loss->nats, 1e-3 * loss->nats);  // gradients may be rounded to bfloat16
        EXPECT_EQ(sum->tokens, loss->tokens);
    }
    const auto expected = whole->weights();
    const auto weights = inParts->weights();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        double distance = 0;
        for (std::size_t j = 0; j < weights[i].values.size(); ++j) {
            distance += std::abs(weights[i].values[j] - expected[i].values[j]);
        }
        // A step of Adam moves each weight by up to the learning rate.
        EXPECT_LT(distance / static_cast<double>(weights[i].values.size()), 3e-5) << weights[i].name;
    }
}

INSTANTIATE_TEST_SUITE_P(Both, Torch, testing::Values(Architecture::transformer, Architecture::lstm));

TEST(TorchBackend, AGrownNetworkBeginsAsItsBase) {
    NetworkConfig small = smallTransformer(40);
    NetworkConfig large = small;
    large.layers = small.layers + 2;
    large.context = 2 * small.context;
    EXPECT_EQ(grown(small, large), large);
    EXPECT_EQ(grown(large, small), large);
    NetworkConfig wide = large;
    wide.hidden *= 2;
    EXPECT_EQ(grown(small, wide), small);

    const auto backend = loadNetworkBackend().value();
    const auto base = backend->create(small, "cpu", 1).value();
    const TemporaryFolder folder;
    const auto path = folder.path() / "base.safetensors";
    const auto weights = base->weights();
    std::vector<TensorView> views;
    for (const OwnedTensor& tensor : weights) {
        views.push_back(tensor.view());
    }
    ASSERT_TRUE(writeModelFile(path, {small, "house-2", "test", Json::object()}, views));
    const auto file = SafeTensors::open(path).value();

    const TokenBatch batch{1, 8, {1, 2, 3, 4, 5, 6, 7, 8}, {2, 3, 4, 5, 6, 7, 8, 9}};
    const auto deeper = backend->create(large, "cpu", 2).value();
    ASSERT_TRUE(deeper->beginWith(file));
    EXPECT_NEAR(deeper->evaluate(batch)->nats, base->evaluate(batch)->nats, 1e-4);

    large.vocabularySize = 50;
    const auto wider = backend->create(large, "cpu", 2).value();
    ASSERT_TRUE(wider->beginWith(file));
    const auto grownWeights = wider->weights();
    const auto rows = std::find_if(grownWeights.begin(), grownWeights.end(),
                                   [](const OwnedTensor& tensor) { return tensor.name == "embedding"; });
    const std::vector<float> first = file.find("embedding")->values();
    EXPECT_TRUE(std::equal(first.begin(), first.end(), rows->values.begin()));

    const auto other = backend->create(wide, "cpu", 2).value();
    EXPECT_FALSE(other->beginWith(file));
}

/// It fails where they compute something else than the decoder.
TEST(TorchBackend, MeasuresTheSameNetworkInModules) {
    const TemporaryFolder folder;
    const auto backend = loadNetworkBackend().value();
    const auto model = folder.path() / "model.safetensors";
    const int size = findVocabulary("house-2").value()->size();
    ASSERT_TRUE(writeRandomModel(model, smallTransformer(size), "house-2"));
    for (const int rows : {1, 8}) {
        const auto speed = backend->moduleDecodingSpeed(model, rows);
        ASSERT_TRUE(speed) << speed.error().message;
        EXPECT_GT(*speed, 0);
    }
    ASSERT_TRUE(writeRandomModel(model, smallLstm(size), "house-2"));
    EXPECT_FALSE(backend->moduleDecodingSpeed(model, 1));
}

TEST(TorchBackend, UnknownDeviceIsAnError) {
    EXPECT_FALSE(loadNetworkBackend().value()->create(smallLstm(100), "abacus", 1));
}

}  // namespace
}  // namespace ricercar
