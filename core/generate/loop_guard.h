#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Notices that a piece is stuck in one bar or in a pair of bars, and then keeps the next bar from being one more copy:
/// at one of its notes, chosen by chance, the token of the copy is forbidden. Drawn notes are never taken back.
class LoopGuard {
public:
    explicit LoopGuard(const Vocabulary& vocabulary) : m_vocabulary(&vocabulary) {}

    /// A token was appended to `prefix`, which does not hold it yet.
    void push(const Prefix& prefix, Token token, Random& random);
    /// Takes what would go on with a copy out of `mask`, unless nothing else is left.
    void restrict(const Prefix& prefix, std::span<std::uint8_t> mask) const;

private:
    /// Of a bar that is repeated once more than so often, that is a loop.
    static constexpr std::size_t mostEqualBars = 4;
    static constexpr std::size_t mostEqualPairs = 3;

    bool repeats(std::size_t period, std::size_t times) const;
    void beginBar(Random& random);

    const Vocabulary* m_vocabulary;
    std::vector<std::vector<Token>> m_bars;  ///< the last is being drawn
    std::vector<Token> m_copy;               ///< the bar that may not come whole again; empty while all is well
    std::size_t m_turn = 0;                  ///< the place in m_copy where it has to turn away
};

}  // namespace ricercar
