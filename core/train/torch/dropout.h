#pragma once

#include <cstdint>

#include <torch/types.h>

#include "core/train/torch/network.h"

namespace ricercar {

/// The dropout of one forward pass (Srivastava et al. 2014): each call silences other places. On a processor they
/// depend on the seed of the pass and the row of the whole batch alone, so that the parts of a batch together are the
/// whole, whoever computes them; on a GPU the parts get numbers of their own.
class Dropout {
public:
    explicit Dropout(const Pass& pass) : m_pass(pass) {}

    /// `x` is [rows, time, width]. What remains is scaled so that the mean stays.
    at::Tensor operator()(const at::Tensor& x);

private:
    Pass m_pass;
    std::uint64_t m_calls = 0;
};

}  // namespace ricercar
