#include "core/tokens/house_bars.h"

#include "core/tokens/house_vocabulary.h"

namespace ricercar {

std::vector<HouseBar> houseBars(std::span<const Token> piece) {
    const house::Kinds& k = house::kinds();
    std::vector<HouseBar> bars;
    for (std::size_t place = 0; place < piece.size(); ++place) {
        const Token token = piece[place];
        if (k.bar.holds(token)) {
            bars.push_back({piece.subspan(place, 2), {}});
        } else if (k.program.holds(token) || k.drums.holds(token)) {
            const bool drums = k.drums.holds(token);
            bars.back().chunks.push_back({{drums, drums ? 0 : k.program.indexOf(token), 1}, piece.subspan(place, 1)});
        } else if (!bars.empty() && !bars.back().chunks.empty() && token != endToken) {
            HouseChunk& chunk = bars.back().chunks.back();
            chunk.tokens = std::span(chunk.tokens.data(), chunk.tokens.size() + 1);
            if (k.part.holds(token)) {
                chunk.part.part = k.part.indexOf(token) + 2;
            }
        }
    }
    return bars;
}

void appendOpening(std::vector<Token>& tokens, const HouseBar& bar, std::span<const Token> description,
                   const std::set<GridPart>& written) {
    tokens.insert(tokens.end(), bar.head.begin(), bar.head.end());
    tokens.insert(tokens.end(), description.begin(), description.end());
    if (written.empty()) {
        return;
    }
    tokens.push_back(house::kinds().given.at(0));
    for (const HouseChunk& chunk : bar.chunks) {
        if (!written.contains(chunk.part)) {
            tokens.insert(tokens.end(), chunk.tokens.begin(), chunk.tokens.end());
        }
    }
    tokens.push_back(house::kinds().fill.at(0));
}

void appendBar(std::vector<Token>& tokens, const HouseBar& bar, std::span<const Token> description,
               const std::set<GridPart>& written) {
    appendOpening(tokens, bar, description, written);
    for (const HouseChunk& chunk : bar.chunks) {
        if (written.empty() || written.contains(chunk.part)) {
            tokens.insert(tokens.end(), chunk.tokens.begin(), chunk.tokens.end());
        }
    }
}

}  // namespace ricercar
