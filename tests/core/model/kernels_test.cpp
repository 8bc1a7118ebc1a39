#include "core/model/kernels/kernels.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace ricercar {

extern const Kernels kernels_plain;

namespace {

std::vector<float> randomNumbers(Random& random, int count) {
    std::vector<float> numbers(static_cast<std::size_t>(count));
    for (float& number : numbers) {
        number = static_cast<float>(random.normal());
    }
    return numbers;
}

class EachKernels : public testing::TestWithParam<const Kernels*> {};

TEST_P(EachKernels, LinearIsTheMatrixProduct) {
    Random random(1);
    for (const int rows : {1, 2, 3, 4, 7, 33}) {
        for (const int outputs : {1, 3, 4, 17}) {
            const int inputs = 48;
            const auto weights = randomNumbers(random, outputs * inputs);
            const auto x = randomNumbers(random, rows * inputs);
            std::vector<float> y(static_cast<std::size_t>(rows * outputs), -1.0F);
            GetParam()->linear(weights.data(), x.data(), y.data(), rows, inputs, outputs);
            for (int row = 0; row < rows; ++row) {
                for (int output = 0; output < outputs; ++output) {
                    double expected = 0;
                    for (int i = 0; i < inputs; ++i) {
                        expected += double{weights[static_cast<std::size_t>(output * inputs + i)]} *
                                    x[static_cast<std::size_t>(row * inputs + i)];
                    }
                    EXPECT_NEAR(y[static_cast<std::size_t>(row * outputs + output)], expected, 1e-4);
                }
            }
        }
    }
}

TEST_P(EachKernels, ARowDoesNotDependOnItsNeighbours) {
    Random random(2);
    const int inputs = 64;
    const int outputs = 9;
    const auto weights = randomNumbers(random, outputs * inputs);
    const auto x = randomNumbers(random, 7 * inputs);
    std::vector<float> together(7 * outputs);
    std::vector<float> alone(7 * outputs);
    GetParam()->linear(weights.data(), x.data(), together.data(), 7, inputs, outputs);
    for (int row = 0; row < 7; ++row) {
        GetParam()->linear(weights.data(), x.data() + row * inputs, alone.data() + row * outputs, 1, inputs, outputs);
    }
    EXPECT_EQ(together, alone);
}

TEST_P(EachKernels, AttentionLoops) {
    Random random(3);
    const int width = 32;
    const auto query = randomNumbers(random, width);
    const auto keys = randomNumbers(random, 5 * width);
    std::vector<float> scores(5);
    GetParam()->scores(query.data(), keys.data(), scores.data(), 5, width, 0.5F);
    std::vector<float> out(width, 1.0F);
    GetParam()->weightedSum(scores.data(), keys.data(), out.data(), 5, width);
    for (int i = 0; i < width; ++i) {
        double sum = 1.0;
        for (int key = 0; key < 5; ++key) {
            double score = 0;
            for (int j = 0; j < width; ++j) {
                score += double{query[static_cast<std::size_t>(j)]} * keys[static_cast<std::size_t>(key * width + j)];
            }
            EXPECT_NEAR(scores[static_cast<std::size_t>(key)], 0.5 * score, 1e-4);
            sum += 0.5 * score * keys[static_cast<std::size_t>(key * width + i)];
        }
        EXPECT_NEAR(out[static_cast<std::size_t>(i)], sum, 1e-3);
    }
}

INSTANTIATE_TEST_SUITE_P(PlainAndFastest, EachKernels, testing::Values(&kernels_plain, &kernels()));

}  // namespace
}  // namespace ricercar
