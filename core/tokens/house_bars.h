#pragma once

#include <set>
#include <span>
#include <vector>

#include "core/tokens/grid.h"

namespace ricercar {

/// The tokens of one instrument in one bar, from its Program or Drums.
struct HouseChunk {
    GridPart part;
    std::span<const Token> tokens;
};

struct HouseBar {
    std::span<const Token> head;     ///< Bar Tempo
    std::vector<HouseChunk> chunks;  ///< in rising order of part
};

/// The bars of a piece of the house vocabulary without conditions; the spans point into `piece`.
std::vector<HouseBar> houseBars(std::span<const Token> piece);

/// Appends `bar` as the model reads it: Bar, Tempo, `description` and, where instruments are to be `written` beside the
/// others: Given, the others, Fill. Without any the instruments are still to come.
void appendOpening(std::vector<Token>& tokens, const HouseBar& bar, std::span<const Token> description,
                   const std::set<GridPart>& written);
/// The whole bar: the opening and what is written then, which is everything where `written` is empty.
void appendBar(std::vector<Token>& tokens, const HouseBar& bar, std::span<const Token> description = {},
               const std::set<GridPart>& written = {});

}  // namespace ricercar
