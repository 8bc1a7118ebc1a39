#include "core/generate/loop_guard.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace ricercar {

namespace {

std::vector<std::uint32_t> sortedPairs(const std::vector<Token>& tokens) {
    std::vector<std::uint32_t> pairs;
    for (std::size_t place = 1; place < tokens.size(); ++place) {
        pairs.push_back((std::uint32_t{tokens[place - 1]} << 16U) | tokens[place]);
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

/// How much of the longer is in both.
double commonShare(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
    std::vector<std::uint32_t> common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
    const std::size_t longer = std::max(a.size(), b.size());
    return longer == 0 ? 1 : static_cast<double>(common.size()) / static_cast<double>(longer);
}

}  // namespace

bool LoopGuard::repeats(std::size_t period, std::size_t times) const {
    if (m_bars.size() < period * times) {
        return false;
    }
    const auto last = m_bars.end();
    const auto length = static_cast<std::ptrdiff_t>(period);
    return std::equal(last - length * static_cast<std::ptrdiff_t>(times), last - length,
                      last - length * static_cast<std::ptrdiff_t>(times - 1), last,
                      [](const Bar& a, const Bar& b) { return a.tokens == b.tokens; });
}

bool LoopGuard::repeatsEarlier(std::size_t bar) const {
    return std::any_of(m_bars.begin(), m_bars.begin() + static_cast<std::ptrdiff_t>(bar),
                       [&](const Bar& earlier) { return commonShare(earlier.pairs, m_bars[bar].pairs) >= likeness; });
}

std::size_t LoopGuard::repeatsInWindow() const {
    std::size_t count = 0;
    for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
        count += repeatsEarlier(bar) ? 1 : 0;
    }
    return count;
}

void LoopGuard::beginBar() {
    if (!m_bars.empty()) {
        m_bars.back().pairs = sortedPairs(m_bars.back().tokens);
    }
    if (m_bars.size() > window) {
        m_bars.erase(m_bars.begin());
    }
    const std::size_t repeated = repeatsInWindow();
    m_barsInCircle = repeated > mostRepeats || (m_barsInCircle > 0 && repeated > calmRepeats) ? m_barsInCircle + 1 : 0;
    m_copied.clear();
    if (m_barsInCircle > 0) {
        m_copied.resize(m_bars.size());
        std::iota(m_copied.begin(), m_copied.end(), std::size_t{0});
    } else if (repeats(1, mostEqualBars)) {
        m_copied = {m_bars.size() - 1};
    } else if (repeats(2, mostEqualPairs)) {
        m_copied = {m_bars.size() - 2};
    }
    m_tries = 0;
    m_bars.emplace_back();
}

void LoopGuard::push(const Prefix& prefix, Token token) {
    if (prefix.beginsBar(token) || m_bars.empty()) {
        beginBar();
    }
    m_bars.back().tokens.push_back(token);
}

bool LoopGuard::mayBeCopy() const {
    if (m_tries == mostTries || m_copied.empty()) {
        return false;
    }
    const std::vector<Token>& drawn = m_bars.back().tokens;
    return m_barsInCircle > 0 || std::any_of(m_copied.begin(), m_copied.end(), [&](std::size_t copied) {
               const std::vector<Token>& tokens = m_bars[copied].tokens;
               return drawn.size() <= tokens.size() && std::equal(drawn.begin(), drawn.end(), tokens.begin());
           });
}

bool LoopGuard::isCopy() const {
    if (!mayBeCopy()) {
        return false;
    }
    const Bar& drawn = m_bars.back();
    const auto pairs = sortedPairs(drawn.tokens);
    return std::any_of(m_copied.begin(), m_copied.end(), [&](std::size_t copied) {
        return m_barsInCircle > 0 ? commonShare(m_bars[copied].pairs, pairs) >= likeness
                                  : m_bars[copied].tokens == drawn.tokens;
    });
}

void LoopGuard::tryAgain(Random& random) {
    ++m_tries;
    m_turn = random.uniform();
    m_bars.back().tokens.resize(1);
}

std::size_t LoopGuard::turnOf(const Bar& copied) const {
    std::vector<std::size_t> notes;
    for (std::size_t token = 0; token < copied.tokens.size(); ++token) {
        if (m_vocabulary->isNote(copied.tokens[token])) {
            notes.push_back(token);
        }
    }
    return notes.empty() ? copied.tokens.size()
                         : notes[static_cast<std::size_t>(m_turn * static_cast<double>(notes.size()))];
}

bool LoopGuard::followed(const Bar& copied) const {
    const std::vector<Token>& drawn = m_bars.back().tokens;
    return drawn.size() <= copied.tokens.size() && std::equal(drawn.begin(), drawn.end(), copied.tokens.begin()) &&
           drawn.size() >= turnOf(copied);
}

void LoopGuard::restrict(const Prefix& prefix, std::span<std::uint8_t> mask) const {
    if (m_tries == 0) {
        return;
    }
    const std::size_t length = m_bars.back().tokens.size();
    std::vector<std::uint8_t> without(mask.begin(), mask.end());
    for (const std::size_t index : m_copied) {
        const Bar& copied = m_bars[index];
        if (!followed(copied)) {
            continue;
        }
        for (std::size_t token = 0; token < without.size(); ++token) {
            const bool goesOn = length < copied.tokens.size() ? token == copied.tokens[length]
                                                              : prefix.beginsBar(static_cast<Token>(token));
            if (goesOn) {
                without[token] = 0;
            }
        }
    }
    if (std::any_of(without.begin(), without.end(), [](std::uint8_t allowed) { return allowed != 0; })) {
        std::copy(without.begin(), without.end(), mask.begin());
    }
}

double LoopGuard::temperature(double wanted) const {
    const double heat = std::min(1.0, static_cast<double>(m_barsInCircle + m_tries) / stepsToHottest);
    return std::max(wanted, wanted + heat * (hottest - wanted));
}

}  // namespace ricercar
