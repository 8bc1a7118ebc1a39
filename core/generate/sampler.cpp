#include "core/generate/sampler.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

Token Sampler::draw(std::span<const float> logits, std::span<const std::uint8_t> mask, const Sampling& sampling,
                    Random& random) {
    const float highest = *std::max_element(logits.begin(), logits.end());
    std::array<double, tokenKinds> weights{};
    std::array<bool, tokenKinds> allowed{};
    for (std::size_t token = 0; token < mask.size(); ++token) {
        const auto kind = static_cast<std::size_t>(m_kinds[token]);
        weights[kind] += std::exp(double{logits[token]} - highest);
        allowed[kind] = allowed[kind] || mask[token] != 0;
    }
    m_choices.clear();
    for (std::size_t kind = 0; kind < tokenKinds; ++kind) {
        if (allowed[kind]) {
            m_choices.push_back({std::log(weights[kind]), kind});
        }
    }
    const auto temperature = [&](TokenKind kind) { return sampling.temperatures[static_cast<std::size_t>(kind)]; };
    const auto kind = static_cast<TokenKind>(
        m_choices.size() == 1 ? m_choices[0].index : choose(temperature(TokenKind::structure), sampling, random));
    m_choices.clear();
    for (std::size_t token = 0; token < mask.size(); ++token) {
        if (mask[token] != 0 && m_kinds[token] == kind) {
            m_choices.push_back({logits[token], token});
        }
    }
    return static_cast<Token>(choose(temperature(kind), sampling, random));
}

std::size_t Sampler::choose(double temperature, const Sampling& sampling, Random& random) {
    const auto lower = [](const Choice& a, const Choice& b) { return a.logit < b.logit; };
    const double highest = std::max_element(m_choices.begin(), m_choices.end(), lower)->logit;
    if (sampling.minP > 0) {
        std::erase_if(m_choices, [lowest = highest + std::log(sampling.minP)](const Choice& choice) {
            return choice.logit < lowest;
        });
    }
    if (sampling.topP < 1) {
        keepLikeliest(sampling.topP, highest);
    }
    double total = 0;
    const auto weight = [&](const Choice& choice) { return std::exp((choice.logit - highest) / temperature); };
    for (const Choice& choice : m_choices) {
        total += weight(choice);
    }
    double left = random.uniform() * total;
    for (const Choice& choice : m_choices) {
        left -= weight(choice);
        if (left < 0) {
            return choice.index;
        }
    }
    return std::max_element(m_choices.begin(), m_choices.end(), lower)->index;
}

void Sampler::keepLikeliest(double topP, double highest) {
    std::sort(m_choices.begin(), m_choices.end(), [](const Choice& a, const Choice& b) {
        return a.logit != b.logit ? a.logit > b.logit : a.index < b.index;
    });
    const auto weight = [&](const Choice& choice) { return std::exp(choice.logit - highest); };
    double total = 0;
    for (const Choice& choice : m_choices) {
        total += weight(choice);
    }
    double kept = 0;
    std::size_t count = 0;
    while (count < m_choices.size() && kept < topP * total) {
        kept += weight(m_choices[count++]);
    }
    m_choices.resize(count);
}

}  // namespace ricercar
