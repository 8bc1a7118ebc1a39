#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Notices that a piece goes round in a circle: one bar or pair of bars again and again, or, among the last bars, more
/// that are like an earlier one than real music has. A bar that would be one copy more is drawn again: hotter, and with
/// the token of the copy forbidden at one of its notes, chosen by chance. After a few tries the bar stays as it is.
///
/// Who draws asks `mayBeCopy` after each token and keeps the notes to himself as long as it may, asks `isCopy` before
/// the next bar begins, and if it is goes back to the first token of the bar, as does the guard by `tryAgain`. A copy
/// of the guard may be kept for other ways back.
class LoopGuard {
public:
    explicit LoopGuard(const Vocabulary& vocabulary) : m_vocabulary(&vocabulary) {}

    /// A token was appended to `prefix`, which does not hold it yet.
    void push(const Prefix& prefix, Token token);

    /// Whether the bar being drawn may yet become a copy too many, which would be taken back.
    bool mayBeCopy() const;
    /// Whether it is one if it ends here, and there is a try left.
    bool isCopy() const;
    /// Forgets the bar being drawn but for its first token.
    void tryAgain(Random& random);

    /// Takes what would go on with a copy out of `mask`, unless nothing else is left. Does nothing at the first try.
    void restrict(const Prefix& prefix, std::span<std::uint8_t> mask) const;
    /// What to draw the next token with where `wanted` is asked for; never less than that.
    double temperature(double wanted) const;

    /// The tokens of the bar that is so many bars before the one being drawn; none where that is too long ago.
    std::span<const Token> bar(std::size_t back) const {
        return back < m_bars.size() ? std::span(m_bars[m_bars.size() - 1 - back].tokens) : std::span<const Token>();
    }

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
    /// A bar is drawn again so often at most.
    static constexpr int mostTries = 3;
    /// Bars in a circle, or tries, until the temperature is `hottest`.
    static constexpr int stepsToHottest = 4;
    static constexpr double hottest = 1.0;

    struct Bar {
        std::vector<Token> tokens;
        std::vector<std::uint32_t> pairs;  ///< of neighbouring tokens, sorted, once the bar is over
    };

    bool repeats(std::size_t period, std::size_t times) const;
    bool repeatsEarlier(std::size_t bar) const;
    std::size_t repeatsInWindow() const;
    void beginBar();
    /// Whether the bar being drawn has so far gone as `copied` did, at least to the note where it has to turn away.
    bool followed(const Bar& copied) const;
    std::size_t turnOf(const Bar& copied) const;

    const Vocabulary* m_vocabulary;
    std::vector<Bar> m_bars;            ///< the last of the piece, `window` and the one being drawn
    std::vector<std::size_t> m_copied;  ///< of m_bars, those that may not come once more
    int m_barsInCircle = 0;             ///< begun since too many were alike; 0 while all is well
    int m_tries = 0;                    ///< of the bar being drawn, that failed
    double m_turn = 0;                  ///< the note at which a copy is turned away: its share of the bar's notes
};

}  // namespace ricercar
