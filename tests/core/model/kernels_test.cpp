#include "core/model/kernels/kernels.h"

#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace ricercar {

std::vector<const Kernels*> supportedKernels();  // kernels.cpp

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

TEST_P(EachKernels, Bfloat16IsWidenedExactly) {
    Random random(4);
    const int inputs = 48;
    auto weights = randomNumbers(random, 5 * inputs);
    std::vector<std::uint16_t> halves;
    for (float& weight : weights) {
        const auto upper = std::bit_cast<std::uint32_t>(weight) & 0xffff0000;
        weight = std::bit_cast<float>(upper);
        halves.push_back(static_cast<std::uint16_t>(upper >> 16));
    }
    const auto x = randomNumbers(random, 3 * inputs);
    std::vector<float> expected(15);
    std::vector<float> y(15);
    GetParam()->linear(weights.data(), x.data(), expected.data(), 3, inputs, 5);
    GetParam()->linearBfloat16(halves.data(), x.data(), y.data(), 3, inputs, 5);
    EXPECT_EQ(y, expected);
}

TEST_P(EachKernels, BytesAreMultipliedInWholeNumbers) {
    Random random(5);
    const int capacity = 80;
    const int inputs = 64;
    alignas(64) std::uint8_t bytes[48 * capacity] = {};
    std::vector<float> scales(48);
    std::iota(scales.begin(), scales.end(), 1.0F);
    for (const int outputs : {1, 16, 35}) {
        for (const int rows : {1, 2, 3, 7, 8, 13}) {
            std::vector<int> weights(static_cast<std::size_t>(outputs * inputs));
            for (std::size_t i = 0; i < weights.size(); ++i) {
                weights[i] = random.below(3) == 0 ? 127 : static_cast<int>(random.below(256)) - 128;
                const auto place =
                    ByteMatrix::place(static_cast<long>(i) / inputs, static_cast<long>(i) % inputs, capacity);
                bytes[place] = static_cast<std::uint8_t>(weights[i] + 128);
            }
            std::vector<std::int8_t> x;
            std::vector<ByteRow> xRows(static_cast<std::size_t>(rows), {0.5F, 0});
            for (int i = 0; i < rows * inputs; ++i) {
                x.push_back(
                    static_cast<std::int8_t>(random.below(3) == 0 ? 127 : static_cast<int>(random.below(256)) - 128));
                xRows[static_cast<std::size_t>(i / inputs)].sum += x.back();
            }
            std::vector<float> y(static_cast<std::size_t>(rows * outputs));
            GetParam()->linearBytes({bytes, scales.data(), capacity}, x.data(), xRows.data(), y.data(), rows, inputs,
                                    outputs);
            for (int row = 0; row < rows; ++row) {
                for (int output = 0; output < outputs; ++output) {
                    const int sum = std::inner_product(x.begin() + row * inputs, x.begin() + (row + 1) * inputs,
                                                       weights.begin() + output * inputs, 0);
                    EXPECT_EQ(y[static_cast<std::size_t>(row * outputs + output)],
                              static_cast<float>(sum) * (0.5F * static_cast<float>(output + 1)));
                }
            }
        }
    }
}

TEST_P(EachKernels, RowsAreRoundedToBytes) {
    const int width = 32;
    std::vector<float> x(2 * width);
    x[0] = 2.54F;
    x[1] = -1.0F;
    x[2] = 0.0299F;
    std::vector<std::int8_t> bytes(x.size(), 1);
    ByteRow rows[2];
    GetParam()->toBytes(x.data(), bytes.data(), rows, 2, width);
    EXPECT_FLOAT_EQ(rows[0].scale, 0.02F);
    EXPECT_EQ(std::vector(bytes.begin(), bytes.begin() + 4), (std::vector<std::int8_t>{127, -50, 1, 0}));
    EXPECT_EQ(rows[0].sum, 78);
    EXPECT_EQ(rows[1].scale, 0.0F);
    EXPECT_EQ(rows[1].sum, 0);
    EXPECT_EQ(bytes[width], 0);
}

TEST_P(EachKernels, TwoBytesAreFinerThanOne) {
    Random random(6);
    const int count = 48;
    std::vector<float> numbers;
    for (int i = 0; i < count; ++i) {
        numbers.push_back(static_cast<float>(random.uniform()));
    }
    const std::vector<float> factors(count, 3.0F);
    std::vector<std::int8_t> bytes(2 * count);
    ByteRow rows[2];
    GetParam()->toTwoBytes(numbers.data(), factors.data(), bytes.data(), rows, count);
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_NEAR(rows[0].scale * bytes[i] + rows[1].scale * bytes[count + i], 3 * numbers[i], 3.0 / 127 / 256 / 1.9);
    }
    EXPECT_EQ(rows[0].sum, std::accumulate(bytes.begin(), bytes.begin() + count, 0));
    EXPECT_EQ(rows[1].sum, std::accumulate(bytes.begin() + count, bytes.end(), 0));
}

TEST_P(EachKernels, ExponentialsOfWhatIsBelowTheHighest) {
    std::vector<float> numbers(32, 1e9F);
    for (int i = 0; i < 20; ++i) {
        numbers[static_cast<std::size_t>(i)] = 10.0F - static_cast<float>(i * i) / 7;
    }
    const auto original = numbers;
    const float sum = GetParam()->exponentials(numbers.data(), 20);
    double expected = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        const double exact = std::exp(double{original[i]} - 10.0);
        EXPECT_NEAR(numbers[i], exact, 2e-7 * exact);
        expected += exact;
    }
    EXPECT_NEAR(sum, expected, 1e-6);
    EXPECT_EQ(std::vector(numbers.begin() + 20, numbers.end()), std::vector<float>(12));
    numbers = {0.0F, -1e30F, -1e30F};
    numbers.resize(16);
    EXPECT_EQ(GetParam()->exponentials(numbers.data(), 3), 1.0F);
}

TEST_P(EachKernels, AWeightedSumGoesOnFromWhatIsThere) {
    Random random(3);
    const int width = 32;
    const auto weights = randomNumbers(random, 5);
    const auto values = randomNumbers(random, 5 * width);
    std::vector<float> out(width, 1.0F);
    GetParam()->weightedSum(weights.data(), values.data(), out.data(), 5, width);
    for (std::size_t i = 0; i < width; ++i) {
        double sum = 1.0;
        for (std::size_t value = 0; value < 5; ++value) {
            sum += double{weights[value]} * values[value * width + i];
        }
        EXPECT_NEAR(out[i], sum, 1e-5);
    }
}

TEST_P(EachKernels, CellsOfAnLstmForgetAndLearn) {
    Random random(8);
    const int width = 32;
    auto fromInput = randomNumbers(random, 4 * width);
    const auto fromHidden = randomNumbers(random, 4 * width);
    const auto bias = randomNumbers(random, 4 * width);
    fromInput[0] = 1000;  // no gate is open further than open
    fromInput[width] = -1000;
    const auto before = randomNumbers(random, width);
    auto cell = before;
    std::vector<float> hidden(width);
    GetParam()->lstmCells(fromInput.data(), fromHidden.data(), bias.data(), cell.data(), hidden.data(), width);
    for (std::size_t i = 0; i < width; ++i) {
        const auto gate = [&](std::size_t kind) {
            const std::size_t place = kind * width + i;
            return double{fromInput[place]} + fromHidden[place] + bias[place];
        };
        const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
        const double kept = sigmoid(gate(1)) * before[i] + sigmoid(gate(0)) * std::tanh(gate(2));
        EXPECT_NEAR(cell[i], kept, 1e-6) << i;
        EXPECT_NEAR(hidden[i], sigmoid(gate(3)) * std::tanh(kept), 1e-6) << i;
    }
}

TEST_P(EachKernels, ANormalisedRowHasNoMeanAndVarianceOne) {
    Random random(7);
    const int width = 48;
    const auto x = randomNumbers(random, 2 * width);
    const std::vector<float> weights(width, 2.0F);
    std::vector<float> out(x.size());
    GetParam()->normalise(x.data(), weights.data(), out.data(), 2, width, 0.0F);
    for (const auto first : {out.begin(), out.begin() + width}) {
        EXPECT_NEAR(std::accumulate(first, first + width, 0.0), 0, 1e-4);
        EXPECT_NEAR(std::inner_product(first, first + width, first, 0.0), 4.0 * width, 1e-3);
    }
}

INSTANTIATE_TEST_SUITE_P(Supported, EachKernels, testing::ValuesIn(supportedKernels()),
                         [](const auto& tested) { return tested.param->name; });

}  // namespace
}  // namespace ricercar
