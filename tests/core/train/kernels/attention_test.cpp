#include "core/train/kernels/attention.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace ricercar {

std::vector<const AttentionKernels<float>*> supportedAttentionKernels();  // kernels/attention.cpp

namespace {

double number(float value) { return value; }
double number(std::uint16_t value) { return std::bit_cast<float>(std::uint32_t{value} << 16); }

void set(float& target, double value) { target = static_cast<float>(value); }
void set(std::uint16_t& target, double value) {
    target = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(value)) >> 16);
}

/// Matrices of one head, [time, width] each.
struct Head {
    Head(int time, int width) : query(size(time, width)), key(query), value(query), out(query) {}

    static std::vector<double> size(int time, int width) {
        return std::vector<double>(static_cast<std::size_t>(time) * static_cast<std::size_t>(width));
    }

    std::vector<double> query, key, value, out;
};

/// What the definition says: the output of `head`, and the gradients of all for that of the output.
class Definition {
public:
    Definition(int time, int width) : m_time(time), m_width(width) {}

    void turn(std::vector<double>& rows, double direction) const {
        for (int time = 0; time < m_time; ++time) {
            for (int pair = 0; pair < m_width / 2; ++pair) {
                double& first = rows[at(time, pair)];
                double& second = rows[at(time, m_width / 2 + pair)];
                const double cosine = std::cos(angle(time, pair));
                const double sine = direction * std::sin(angle(time, pair));
                const double turned = first * cosine - second * sine;
                second = first * sine + second * cosine;
                first = turned;
            }
        }
    }

    Head gradients(Head& head, const std::vector<double>& outGradient) const {
        Head gradient(m_time, m_width);
        turn(head.query, 1);
        turn(head.key, 1);
        const double scale = 1 / std::sqrt(m_width);
        for (int time = 0; time < m_time; ++time) {
            std::vector<double> weights;
            double total = 0;
            for (int seen = 0; seen <= time; ++seen) {
                weights.push_back(std::exp(scale * product(head.query, time, head.key, seen)));
                total += weights.back();
            }
            for (int seen = 0; seen <= time; ++seen) {
                for (int i = 0; i < m_width; ++i) {
                    head.out[at(time, i)] += weights[static_cast<std::size_t>(seen)] / total * head.value[at(seen, i)];
                }
            }
            const double mean = product(head.out, time, outGradient, time);
            for (int seen = 0; seen <= time; ++seen) {
                const double weight = weights[static_cast<std::size_t>(seen)] / total;
                const double score = weight * (product(outGradient, time, head.value, seen) - mean) * scale;
                for (int i = 0; i < m_width; ++i) {
                    gradient.query[at(time, i)] += score * head.key[at(seen, i)];
                    gradient.key[at(seen, i)] += score * head.query[at(time, i)];
                    gradient.value[at(seen, i)] += weight * outGradient[at(time, i)];
                }
            }
        }
        turn(gradient.query, -1);
        turn(gradient.key, -1);
        return gradient;
    }

    double angle(int time, int pair) const { return time * std::pow(10'000, -2.0 * pair / m_width); }
    std::size_t at(int time, int i) const { return static_cast<std::size_t>(time * m_width + i); }

private:
    double product(const std::vector<double>& a, int timeOfA, const std::vector<double>& b, int timeOfB) const {
        double sum = 0;
        for (int i = 0; i < m_width; ++i) {
            sum += a[at(timeOfA, i)] * b[at(timeOfB, i)];
        }
        return sum;
    }

    int m_time;
    int m_width;
};

/// How far `numbers`, which begin at `first` and lie in rows `stride` apart, are from `expected`, relatively.
template <typename Number>
double distance(const std::vector<Number>& numbers, std::ptrdiff_t first, std::ptrdiff_t stride,
                const std::vector<double>& expected, int width) {
    double error = 0;
    double all = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto place =
            first + static_cast<std::ptrdiff_t>(i) / width * stride + static_cast<std::ptrdiff_t>(i) % width;
        error += std::pow(number(numbers[static_cast<std::size_t>(place)]) - expected[i], 2);
        all += std::pow(expected[i], 2);
    }
    return std::sqrt(error / all);
}

/// The second of two heads, by the kernels and by the definition.
template <typename Number>
void compare(const AttentionKernels<Number>& kernels, int time, int width, double bound) {
    SCOPED_TRACE(testing::Message() << kernels.name << ", " << time << " tokens, width " << width);
    const Definition definition(time, width);
    const int all = 2 * width;
    std::vector<float> cosine;
    std::vector<float> sine;
    for (int t = 0; t < time; ++t) {
        for (int pair = 0; pair < width / 2; ++pair) {
            cosine.push_back(static_cast<float>(std::cos(definition.angle(t, pair))));
            sine.push_back(static_cast<float>(std::sin(definition.angle(t, pair))));
        }
    }
    const AttentionHead head{time, width, 3 * all, all, all, cosine.data(), sine.data()};
    Random random(1);
    std::vector<Number> in(static_cast<std::size_t>(time) * 3 * static_cast<std::size_t>(all));
    std::vector<Number> outGradient(static_cast<std::size_t>(time) * static_cast<std::size_t>(all));
    for (std::vector<Number>* numbers : {&in, &outGradient}) {
        for (Number& value : *numbers) {
            set(value, 2 * random.uniform() - 1);
        }
    }
    std::vector<Number> out(outGradient.size());
    std::vector<Number> gradient(in.size());
    std::vector<float> logSums(static_cast<std::size_t>(time));
    const std::unique_ptr<float, decltype(&std::free)> scratch(
        static_cast<float*>(std::aligned_alloc(64, (kernels.scratch(head) * sizeof(float) + 63) / 64 * 64)),
        &std::free);
    kernels.forward(head, in.data() + width, out.data() + width, logSums.data(), scratch.get());
    kernels.backward(head, in.data() + width, out.data() + width, outGradient.data() + width, logSums.data(),
                     gradient.data() + width, scratch.get());

    Head exact(time, width);
    std::vector<double> exactOutGradient(exact.out.size());
    for (int t = 0; t < time; ++t) {
        for (int i = 0; i < width; ++i) {
            const auto token = static_cast<std::size_t>(t * 3 * all + width + i);
            exact.query[definition.at(t, i)] = number(in[token]);
            exact.key[definition.at(t, i)] = number(in[token + static_cast<std::size_t>(all)]);
            exact.value[definition.at(t, i)] = number(in[token + 2 * static_cast<std::size_t>(all)]);
            exactOutGradient[definition.at(t, i)] = number(outGradient[static_cast<std::size_t>(t * all + width + i)]);
        }
    }
    const Head exactGradient = definition.gradients(exact, exactOutGradient);
    EXPECT_LT(distance(out, width, all, exact.out, width), bound);
    EXPECT_LT(distance(gradient, width, 3 * all, exactGradient.query, width), bound);
    EXPECT_LT(distance(gradient, width + all, 3 * all, exactGradient.key, width), bound);
    EXPECT_LT(distance(gradient, width + 2 * all, 3 * all, exactGradient.value, width), bound);
}

template <typename Number>
void compareShapes(const AttentionKernels<Number>& kernels, double bound) {
    for (const int time : {5, 64, 65, 330}) {  // within a block, at its end, in several chunks of queries
        for (const int width : {16, 48, 64}) {
            compare(kernels, time, width, bound);
        }
    }
}

TEST(Attention, IsWhatItsDefinitionSays) {
    for (const AttentionKernels<float>* kernels : supportedAttentionKernels()) {
        compareShapes(*kernels, 1e-6);
    }
}

TEST(Attention, IsAsExactAsBfloat16) {
    const AttentionKernels<std::uint16_t>* kernels = attentionKernels<std::uint16_t>();
    if (kernels == nullptr) {
        GTEST_SKIP() << "this processor does not multiply in bfloat16";
    }
    compareShapes(*kernels, 8e-3);
}

}  // namespace
}  // namespace ricercar
