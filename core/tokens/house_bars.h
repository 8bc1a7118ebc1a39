#pragma once

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

}  // namespace ricercar
