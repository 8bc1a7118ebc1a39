#include "core/generate/recall.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ricercar {

namespace {

/// How far back the bar is that comes back, and how often it is this one.
struct Share {
    std::size_t distance;
    double of;
};
constexpr std::array<Share, 4> shares = {{{4, 0.45}, {8, 0.3}, {2, 0.2}, {1, 0.05}}};
// With these, 8 of 100 bars of takes are like one of the twelve before, in runs as long as those of held-out music,
// which has 10 of 100; without them it was 1.
constexpr double begins = 0.05;
constexpr double goesOn = 0.85;
constexpr float strength = 5.5F;     ///< that is added to a logit
constexpr float plausible = 0.01F;   ///< less than this, beside the likeliest, is not made likelier
constexpr std::size_t skipped = 3;   ///< tokens that may be left out of the other bar
constexpr std::size_t leastBar = 6;  ///< tokens; a bar of fewer is no theme

}  // namespace

void Recall::choose(const LoopGuard& bars, Random& random) {
    m_next = 1;
    const double chance = random.uniform();
    double place = random.uniform();
    if (m_distance == 0 || m_bars == m_distance || chance >= goesOn) {
        const auto chosen = std::find_if(shares.begin(), std::prev(shares.end()), [&](const Share& share) {
            place -= share.of;
            return place < 0;
        });
        m_distance = chance < begins ? chosen->distance : 0;
        m_bars = 0;
    }
    ++m_bars;
    const auto other = bars.bar(m_distance);
    if (other.size() < leastBar || other.front() != bars.bar(0).front()) {
        m_distance = 0;
    }
}

void Recall::push(const LoopGuard& bars, std::span<const TokenKind> kinds, Token token) {
    if (m_distance == 0) {
        return;
    }
    for (std::size_t ahead = 0; ahead <= skipped; ++ahead) {
        if (next(bars, ahead) == token) {
            m_next += ahead + 1;
            return;
        }
    }
    if (const auto expected = next(bars); expected && kinds[*expected] == kinds[token]) {
        ++m_next;  // another pitch, say, in its place
    }
}

void Recall::favour(const LoopGuard& bars, std::span<const std::uint8_t> mask, std::span<float> logits) const {
    const auto expected = next(bars);
    if (!expected || mask[*expected] == 0) {
        return;
    }
    float highest = logits[*expected];
    for (std::size_t token = 0; token < mask.size(); ++token) {
        highest = mask[token] != 0 ? std::max(highest, logits[token]) : highest;
    }
    if (logits[*expected] >= highest + std::log(plausible)) {
        logits[*expected] += strength;
    }
}

std::optional<Token> Recall::next(const LoopGuard& bars, std::size_t ahead) const {
    if (m_distance == 0) {
        return std::nullopt;
    }
    const auto other = bars.bar(m_distance);
    const std::size_t place = m_next + ahead;
    if (place > other.size()) {
        return std::nullopt;
    }
    return place < other.size() ? other[place] : bars.bar(m_distance - 1).front();
}

}  // namespace ricercar
