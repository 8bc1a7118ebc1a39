#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Music that is told to a model in one way or another: what a condition is worth shows in how well the same notes are
/// foretold.
struct HouseProbe {
    std::string condition;  ///< "key", "gap" ...
    std::string told;       ///< "right", "wrong", "not told", "both sides", "one side", "with the others", "alone"
    std::vector<Token> tokens;
    std::vector<bool> judged;  ///< of each token, whether it counts: the same notes in all probes of a condition
};

/// Of `piece`, at most about `mostTokens` tokens each: what each description is worth when it is right, when it is
/// wrong and when it is missing; a gap of four bars seen from both sides or from the past alone; one instrument with
/// the others given or alone. What the piece is too short or has too few instruments for is left out. `style` is that
/// of the piece, of `styles` in all.
std::vector<HouseProbe> houseProbes(std::span<const Token> piece, std::optional<int> style, int styles,
                                    std::size_t mostTokens, Random& random);

}  // namespace ricercar
