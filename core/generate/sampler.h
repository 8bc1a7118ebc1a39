#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Draws one token: logits divided by the temperature, masked, cut to the smallest set of likeliest tokens whose
/// probabilities reach `topP` (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1).
class Sampler {
public:
    explicit Sampler(double topP) : m_topP(topP) {}

    /// `logits` and `mask` have one element for each token; at least one of `mask` is not 0.
    Token draw(std::span<const float> logits, std::span<const std::uint8_t> mask, double temperature, Random& random);

private:
    struct Candidate {
        double weight;
        Token token;
    };

    double m_topP;
    std::vector<Candidate> m_candidates;
};

}  // namespace ricercar
