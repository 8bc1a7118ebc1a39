#include "core/generate/loop_guard.h"

#include <algorithm>

namespace ricercar {

bool LoopGuard::repeats(std::size_t period, std::size_t times) const {
    if (m_bars.size() < period * times) {
        return false;
    }
    const auto last = m_bars.end();
    const auto length = static_cast<std::ptrdiff_t>(period);
    return std::equal(last - length * static_cast<std::ptrdiff_t>(times), last - length,
                      last - length * static_cast<std::ptrdiff_t>(times - 1), last);
}

void LoopGuard::beginBar(Random& random) {
    m_copy.clear();
    if (repeats(1, mostEqualBars)) {
        m_copy = m_bars.back();
    } else if (repeats(2, mostEqualPairs)) {
        m_copy = m_bars[m_bars.size() - 2];
    }
    std::vector<std::size_t> notes;
    for (std::size_t place = 0; place < m_copy.size(); ++place) {
        if (m_vocabulary->isNote(m_copy[place])) {
            notes.push_back(place);
        }
    }
    m_turn = notes.empty() ? m_copy.size() : notes[random.below(notes.size())];
    m_bars.emplace_back();
}

void LoopGuard::push(const Prefix& prefix, Token token, Random& random) {
    if (prefix.beginsBar(token) || m_bars.empty()) {
        beginBar(random);
    }
    m_bars.back().push_back(token);
}

void LoopGuard::restrict(const Prefix& prefix, std::span<std::uint8_t> mask) const {
    if (m_copy.empty()) {
        return;
    }
    const std::vector<Token>& bar = m_bars.back();
    if (bar.size() < m_turn || bar.size() > m_copy.size() || !std::equal(bar.begin(), bar.end(), m_copy.begin())) {
        return;
    }
    std::vector<std::uint8_t> without(mask.begin(), mask.end());
    for (std::size_t token = 0; token < without.size(); ++token) {
        const bool goesOn =
            bar.size() < m_copy.size() ? token == m_copy[bar.size()] : prefix.beginsBar(static_cast<Token>(token));
        if (goesOn) {
            without[token] = 0;
        }
    }
    if (std::any_of(without.begin(), without.end(), [](std::uint8_t allowed) { return allowed != 0; })) {
        std::copy(without.begin(), without.end(), mask.begin());
    }
}

}  // namespace ricercar
