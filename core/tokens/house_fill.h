#pragma once

#include "core/tokens/house_vocabulary.h"

namespace ricercar {

/// `HouseVocabulary::fill` for `song`, which is `piece` in tokens and `tracks` on the grid.
Result<Script> houseScript(const Song& song, const std::vector<Token>& piece, std::span<const GridTrack> tracks,
                           const FillIn& wanted, std::size_t mostTokens);

}  // namespace ricercar
