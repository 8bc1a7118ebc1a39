#include "core/generate/sampler.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ricercar {

Token Sampler::draw(std::span<const float> logits, std::span<const std::uint8_t> mask, double temperature,
                    Random& random) {
    float highest = -std::numeric_limits<float>::infinity();
    for (std::size_t token = 0; token < mask.size(); ++token) {
        if (mask[token] != 0) {
            highest = std::max(highest, logits[token]);
        }
    }
    m_candidates.clear();
    double total = 0;
    for (std::size_t token = 0; token < mask.size(); ++token) {
        if (mask[token] != 0) {
            const double weight = std::exp((logits[token] - highest) / temperature);
            m_candidates.push_back({weight, static_cast<Token>(token)});
            total += weight;
        }
    }
    assert(!m_candidates.empty());
    std::sort(m_candidates.begin(), m_candidates.end(), [](const Candidate& a, const Candidate& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.token < b.token;
    });
    double kept = 0;
    std::size_t count = 0;
    while (count < m_candidates.size() && (count == 0 || kept < m_topP * total)) {
        kept += m_candidates[count++].weight;
    }
    double left = random.uniform() * kept;
    for (std::size_t index = 0; index + 1 < count; ++index) {
        left -= m_candidates[index].weight;
        if (left < 0) {
            return m_candidates[index].token;
        }
    }
    return m_candidates[count - 1].token;
}

}  // namespace ricercar
