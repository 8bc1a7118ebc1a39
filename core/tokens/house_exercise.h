#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/tokens/house_vocabulary.h"

namespace ricercar {

// What the conditions of the house vocabulary mean, shown on real pieces: this is how a model learns to obey them.

inline constexpr std::size_t houseLongestGap = 8;    ///< bars of a gap that is filled from both sides
inline constexpr std::size_t houseLongestSight = 4;  ///< bars seen beyond it
/// Bars between those seen beyond a gap and the gap itself, so that what is written goes on from what was read last; as
/// in the suffix-prefix-middle order of Bavarian et al. 2022, section 3.
inline constexpr std::size_t houseLead = 4;

// The classes of descriptions: the upper ends of all but the last.
inline constexpr std::array<double, densityClasses - 1> houseDensities = {0.75, 1.5, 2.25, 3,
                                                                          4.5,  6,   9};  ///< notes a quarter
inline constexpr std::array<double, polyphonyClasses - 1> housePolyphonies = {1.25, 2.25, 3.25, 4.5,
                                                                              6.5};  ///< sounding notes

/// What each bar of `piece` is like, the style left out: notes begun in a quarter, how many sound on average (drums
/// left out), and the key of the bars around it. A bar without notes has no key.
std::vector<Description> describe(std::span<const Token> piece);

/// `piece` as it is (every second time), or with some of its instruments given and the others to add, or with gaps to
/// fill from both sides; with or without descriptions of its bars, from the start or from some bar on. `style` is that
/// of the piece, if it has one.
std::vector<Token> houseExercise(std::span<const Token> piece, std::optional<int> style, Random& random);

}  // namespace ricercar
