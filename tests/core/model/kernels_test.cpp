#include "core/model/kernels/kernels.h"

#include <bit>
#include <cmath>
#include <complex>
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
            GetParam()->linear(weights.data(), x.data(), y.data(), rows, inputs, outputs, Onto::nothing);
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
    GetParam()->linear(weights.data(), x.data(), together.data(), 7, inputs, outputs, Onto::nothing);
    for (int row = 0; row < 7; ++row) {
        GetParam()->linear(weights.data(), x.data() + row * inputs, alone.data() + row * outputs, 1, inputs, outputs,
                           Onto::nothing);
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
    GetParam()->linear(weights.data(), x.data(), expected.data(), 3, inputs, 5, Onto::nothing);
    GetParam()->linearBfloat16(halves.data(), x.data(), y.data(), 3, inputs, 5, Onto::nothing);
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
                                    outputs, Onto::nothing);
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
    GetParam()->toBytes(x.data(), nullptr, bytes.data(), rows, 2, width);
    EXPECT_FLOAT_EQ(rows[0].scale, 0.02F);
    EXPECT_EQ(std::vector(bytes.begin(), bytes.begin() + 4), (std::vector<std::int8_t>{127, -50, 1, 0}));
    EXPECT_EQ(rows[0].sum, 78);
    EXPECT_EQ(rows[1].scale, 0.0F);
    EXPECT_EQ(rows[1].sum, 0);
    EXPECT_EQ(bytes[width], 0);
}

TEST_P(EachKernels, RowsAreRoundedTimesFactors) {
    const int width = 32;
    std::vector<float> x(2 * width, 1.0F);
    std::vector<float> factors(width);
    factors[3] = 2.54F;
    factors[4] = 1.0F;
    std::vector<std::int8_t> bytes(x.size(), 1);
    ByteRow rows[2];
    GetParam()->toBytes(x.data(), factors.data(), bytes.data(), rows, 2, width);
    for (const int row : {0, 1}) {
        EXPECT_FLOAT_EQ(rows[row].scale, 0.02F);
        EXPECT_EQ(rows[row].sum, 177);
        EXPECT_EQ(bytes[static_cast<std::size_t>(row * width + 3)], 127);
        EXPECT_EQ(bytes[static_cast<std::size_t>(row * width + 4)], 50);
    }
}

TEST_P(EachKernels, AProductGoesOnFromWhatIsThere) {
    Random random(3);
    const int inputs = 64;
    const int outputs = 19;
    const auto x = randomNumbers(random, 9 * inputs);
    const auto weights = randomNumbers(random, outputs * inputs);
    const std::vector<float> ones(32, 1.0F);
    alignas(64) std::uint8_t bytes[32 * inputs] = {};
    std::vector<std::int8_t> xBytes(x.size());
    std::vector<ByteRow> xRows(9);
    GetParam()->toBytes(x.data(), nullptr, xBytes.data(), xRows.data(), 9, inputs);
    const auto expectSame = [&](auto product) {
        std::vector<float> alone(9 * outputs);
        std::vector<float> onto(9 * outputs, 2.0F);
        product(alone.data(), Onto::nothing);
        product(onto.data(), Onto::whatIsThere);
        for (std::size_t i = 0; i < alone.size(); ++i) {
            EXPECT_FLOAT_EQ(onto[i], 2.0F + alone[i]) << i;
        }
    };
    expectSame([&](float* y, Onto to) { GetParam()->linear(weights.data(), x.data(), y, 9, inputs, outputs, to); });
    expectSame([&](float* y, Onto to) {
        GetParam()->linearBytes({bytes, ones.data(), inputs}, xBytes.data(), xRows.data(), y, 9, inputs, outputs, to);
    });
}

TEST_P(EachKernels, ExponentialsOfWhatIsBelowTheHighest) {
    const int stride = 100;
    const int count = pieceLength + 20;
    std::vector<float> numbers(stride + pieceLength, 1e9F);
    std::vector<double> below;
    for (int i = 0; i < count; ++i) {
        below.push_back(static_cast<float>(i * i) / 700);
        numbers[static_cast<std::size_t>(i < pieceLength ? i : i - pieceLength + stride)] =
            10.0F - static_cast<float>(below.back());
    }
    const auto original = numbers;
    const float sum = GetParam()->exponentials(numbers.data(), count, stride, 2.0F);
    double expected = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i < pieceLength || (i >= stride && i < stride + 20)) {
            const double exact = std::exp(2 * (double{original[i]} - 10.0));
            EXPECT_NEAR(numbers[i], exact, 2e-7 * exact);
            expected += exact;
        } else {
            EXPECT_EQ(numbers[i], i < stride ? 1e9F : 0.0F) << i;
        }
    }
    EXPECT_NEAR(sum, expected, 1e-6 * expected);
    numbers = {0.0F, -1e30F, -1e30F};
    numbers.resize(pieceLength, 1e30F);
    EXPECT_EQ(GetParam()->exponentials(numbers.data(), 3, pieceLength, 1), 1.0F);
}

TEST_P(EachKernels, HeadsAreTurnedPairByPair) {
    Random random(9);
    for (const int width : {16, 64}) {
        const auto half = static_cast<std::size_t>(width / 2);
        auto heads = randomNumbers(random, 3 * width);
        const auto before = heads;
        std::vector<float> angles;
        for (const bool sine : {false, true}) {
            for (std::size_t i = 0; i < half; ++i) {
                const auto angle = static_cast<float>(i);
                angles.push_back(sine ? std::sin(angle) : std::cos(angle));
            }
        }
        GetParam()->turn(heads.data(), angles.data(), 3, width);
        for (std::size_t i = 0; i < half; ++i) {
            for (std::size_t head = 0; head < heads.size(); head += 2 * half) {
                const std::complex<float> turned =
                    std::complex(before[head + i], before[head + half + i]) * std::complex(angles[i], angles[half + i]);
                EXPECT_NEAR(heads[head + i], turned.real(), 1e-6);
                EXPECT_NEAR(heads[head + half + i], turned.imag(), 1e-6);
            }
        }
    }
}

TEST_P(EachKernels, WhatIsPositiveIsSquared) {
    std::vector<float> x(48, 3.0F);
    x[17] = -2.0F;
    GetParam()->squaredRelu(x.data(), 48);
    EXPECT_EQ(x[16], 9.0F);
    EXPECT_EQ(x[17], 0.0F);
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
