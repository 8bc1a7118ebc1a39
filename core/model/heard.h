#pragma once

#include <optional>
#include <vector>

#include "core/model/network.h"

namespace ricercar {

/// Which conditions hold at the tokens of one sequence, read one after the other. What holds is added to each token, so
/// that the network need not look for it: as the global conditioning of WaveNet (van den Oord et al. 2016, section 2.5)
/// is, but that it may change on the way.
class Heard {
public:
    explicit Heard(const std::vector<HeldTokens>& kinds) : m_last(kinds.size()) {}

    /// Reads `token` and writes the sum of its row of `embedding` and those of the conditions that were read before and
    /// hold at it; `out` has `config.width` numbers.
    void embed(Token token, const NetworkConfig& config, const float* embedding, float* out);

private:
    std::vector<std::optional<Token>> m_last;  ///< that holds, of each kind in `NetworkConfig::held`
};

}  // namespace ricercar
