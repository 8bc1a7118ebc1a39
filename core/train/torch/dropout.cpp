#include "core/train/torch/dropout.h"

#include <cmath>
#include <span>

#include <torch/utils.h>

#include "core/base/random.h"

namespace ricercar {

namespace {

/// Sets each number of `row` to 0 with the given probability, else to what makes the mean 1.
void fillMask(std::span<float> row, double probability, Random random) {
    const auto threshold = static_cast<std::uint64_t>(std::lround(probability * 0x1p16));
    const float kept = static_cast<float>(1 / (1 - static_cast<double>(threshold) * 0x1p-16));
    std::uint64_t bits = 0;  // of which each place takes 16
    for (std::size_t place = 0; place < row.size(); ++place) {
        bits = place % 4 == 0 ? random.next() : bits >> 16;
        row[place] = (bits & 0xffff) < threshold ? 0 : kept;
    }
}

}  // namespace

at::Tensor Dropout::operator()(const at::Tensor& x) {
    if (m_pass.dropout <= 0) {
        return x;
    }
    const std::uint64_t call = Random::forStream(m_pass.rng, m_calls++).next();
    if (!x.is_cpu()) {
        torch::manual_seed(Random::forStream(call, static_cast<std::uint64_t>(m_pass.firstRow)).next());
        return at::dropout(x, m_pass.dropout, /*train=*/true);
    }
    const at::Tensor mask = at::empty(x.sizes(), at::kFloat);
    const auto width = static_cast<std::size_t>(mask[0].numel());
    for (std::int64_t row = 0; row < mask.size(0); ++row) {
        const auto ofBatch = static_cast<std::uint64_t>(m_pass.firstRow + row);
        fillMask({mask[row].data_ptr<float>(), width}, m_pass.dropout, Random::forStream(call, ofBatch));
    }
    return x * mask;
}

}  // namespace ricercar
