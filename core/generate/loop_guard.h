#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Notices that a piece goes round in a circle: one bar or pair of bars again and again, or, among the last bars, more
/// that are like an earlier one than real music has. Then it keeps the next bar from being one more copy: at one of its
/// notes, chosen by chance, the token of the copy is forbidden. While too many bars are alike, every bar is also drawn
/// hotter than the one before. Drawn notes are never taken back.
class LoopGuard {
public:
    explicit LoopGuard(const Vocabulary& vocabulary) : m_vocabulary(&vocabulary) {}

    /// A token was appended to `prefix`, which does not hold it yet.
    void push(const Prefix& prefix, Token token, Random& random);
    /// Takes what would go on with a copy out of `mask`, unless nothing else is left.
    void restrict(const Prefix& prefix, std::span<std::uint8_t> mask) const;
    /// What to draw the next token with where `wanted` is asked for; never less than that.
    double temperature(double wanted) const;

private:
    /// Of a bar that is repeated once more than so often, that is a loop.
    static constexpr std::size_t mostEqualBars = 4;
    static constexpr std::size_t mostEqualPairs = 3;
    /// How many of the last `window` bars may be like an earlier one of them: as many as in the form AABA. Real music
    /// has 5 to 8 of 16 on average.
    static constexpr std::size_t window = 16;
    static constexpr std::size_t mostRepeats = 8;
    static constexpr std::size_t calmRepeats = 5;
    /// Of what two bars have, so much is the same in bars that are alike: one note of four may differ.
    static constexpr double likeness = 0.85;
    static constexpr int barsUntilHottest = 4;
    static constexpr double hottest = 1.0;

    struct Bar {
        std::vector<Token> tokens;
        std::vector<std::uint32_t> pairs;  ///< of neighbouring tokens, sorted, once the bar is over
    };
    /// A bar that may not come whole again, and the place where the bar being drawn has to turn away from it.
    struct Copy {
        std::vector<Token> tokens;
        std::size_t turn = 0;
    };

    bool repeats(std::size_t period, std::size_t times) const;
    bool alike(const Bar& a, const Bar& b) const;
    std::size_t repeatsInWindow() const;
    void beginBar(Random& random);
    void forbid(const Bar& bar, double place);

    const Vocabulary* m_vocabulary;
    std::vector<Bar> m_bars;  ///< the last is being drawn
    std::vector<Copy> m_copies;
    int m_barsInCircle = 0;  ///< begun since too many were alike; 0 while all is well
};

}  // namespace ricercar
