#include "core/generate/loop_guard.h"

#include <algorithm>
#include <iterator>

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

bool LoopGuard::alike(const Bar& a, const Bar& b) const {
    std::vector<std::uint32_t> common;
    std::set_intersection(a.pairs.begin(), a.pairs.end(), b.pairs.begin(), b.pairs.end(), std::back_inserter(common));
    return static_cast<double>(common.size()) >=
           likeness * static_cast<double>(std::max(a.pairs.size(), b.pairs.size()));
}

std::size_t LoopGuard::repeatsInWindow() const {
    const auto first = m_bars.end() - static_cast<std::ptrdiff_t>(std::min(window, m_bars.size()));
    std::size_t count = 0;
    for (auto bar = first; bar != m_bars.end(); ++bar) {
        count += std::any_of(first, bar, [&](const Bar& earlier) { return alike(earlier, *bar); }) ? 1 : 0;
    }
    return count;
}

void LoopGuard::forbid(const Bar& bar, double place) {
    std::vector<std::size_t> notes;
    for (std::size_t token = 0; token < bar.tokens.size(); ++token) {
        if (m_vocabulary->isNote(bar.tokens[token])) {
            notes.push_back(token);
        }
    }
    const auto chosen = static_cast<std::size_t>(place * static_cast<double>(notes.size()));
    m_copies.push_back({bar.tokens, notes.empty() ? bar.tokens.size() : notes[chosen]});
}

void LoopGuard::beginBar(Random& random) {
    m_copies.clear();
    if (!m_bars.empty()) {
        m_bars.back().pairs = sortedPairs(m_bars.back().tokens);
    }
    const std::size_t repeated = repeatsInWindow();
    m_barsInCircle = repeated > mostRepeats || (m_barsInCircle > 0 && repeated > calmRepeats) ? m_barsInCircle + 1 : 0;
    if (m_barsInCircle > 0) {
        const double place = random.uniform();
        for (std::size_t back = 1; back <= std::min(window, m_bars.size()); ++back) {
            forbid(m_bars[m_bars.size() - back], place);
        }
    } else if (repeats(1, mostEqualBars)) {
        forbid(m_bars.back(), random.uniform());
    } else if (repeats(2, mostEqualPairs)) {
        forbid(m_bars[m_bars.size() - 2], random.uniform());
    }
    m_bars.emplace_back();
}

void LoopGuard::push(const Prefix& prefix, Token token, Random& random) {
    if (prefix.beginsBar(token) || m_bars.empty()) {
        beginBar(random);
    }
    m_bars.back().tokens.push_back(token);
}

void LoopGuard::restrict(const Prefix& prefix, std::span<std::uint8_t> mask) const {
    if (m_copies.empty()) {
        return;
    }
    const std::vector<Token>& bar = m_bars.back().tokens;
    std::vector<std::uint8_t> without(mask.begin(), mask.end());
    for (const Copy& copy : m_copies) {
        if (bar.size() < copy.turn || bar.size() > copy.tokens.size() ||
            !std::equal(bar.begin(), bar.end(), copy.tokens.begin())) {
            continue;
        }
        for (std::size_t token = 0; token < without.size(); ++token) {
            const bool goesOn = bar.size() < copy.tokens.size() ? token == copy.tokens[bar.size()]
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
    const double heat = std::min(1.0, static_cast<double>(m_barsInCircle) / barsUntilHottest);
    return std::max(wanted, wanted + heat * (hottest - wanted));
}

}  // namespace ricercar
