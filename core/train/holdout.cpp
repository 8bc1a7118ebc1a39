#include "core/train/holdout.h"

#include <algorithm>
#include <unordered_set>

namespace ricercar {

namespace {

constexpr std::size_t fewPieces = 5;
constexpr std::uint64_t oneIn = 10;

/// The places of the tokens that begin a bar.
std::vector<std::size_t> barPlaces(std::span<const Token> tokens, const Vocabulary& vocabulary) {
    std::vector<std::size_t> places;
    const auto prefix = vocabulary.emptyPrefix();
    int bars = 0;
    for (std::size_t place = 0; place < tokens.size(); ++place) {
        prefix->push(tokens[place]);
        if (prefix->barsBegun() > bars) {
            bars = prefix->barsBegun();
            places.push_back(place);
        }
    }
    return places;
}

void cutPiece(const TokenShard& shard, std::size_t index, const Vocabulary& vocabulary, Split& split) {
    const auto tokens = shard.tokens(index);
    const auto places = barPlaces(tokens, vocabulary);
    const std::size_t kept = std::max<std::size_t>(1, places.size() * 4 / 5);
    const auto add = [&](std::span<const Token> part, std::vector<std::span<const Token>>& where) {
        auto piece = std::make_shared<std::vector<Token>>();
        piece->push_back(startToken);
        piece->insert(piece->end(), part.begin(), part.end());
        piece->push_back(endToken);
        where.emplace_back(*piece);
        split.cut.push_back(std::move(piece));
    };
    if (kept + 1 >= places.size()) {
        split.train.push_back(tokens);
        return;
    }
    const std::size_t last = tokens.size() - 1;  // the end token
    add(tokens.subspan(1, places[kept] - 1), split.train);
    add(tokens.subspan(places[kept + 1], last - places[kept + 1]), split.valid);
    const double share = static_cast<double>(places.size() - kept - 1) / static_cast<double>(places.size());
    split.validQuarters += shard.piece(index).lengthQuarters * share;
}

}  // namespace

Split holdOut(std::shared_ptr<const TokenShard> shard, const Vocabulary& vocabulary) {
    Split split;
    if (shard->size() < fewPieces) {
        for (std::size_t index = 0; index < shard->size(); ++index) {
            cutPiece(*shard, index, vocabulary, split);
        }
        split.how = "the last fifth of each piece is held out: with so few pieces the validation is of the same music";
    } else {
        std::vector<std::size_t> order(shard->size());
        for (std::size_t index = 0; index < order.size(); ++index) {
            order[index] = index;
        }
        std::sort(order.begin(), order.end(),
                  [&](auto a, auto b) { return shard->piece(a).content < shard->piece(b).content; });
        for (std::size_t place = 0; place < order.size(); ++place) {
            const std::size_t index = order[place];
            // The first in the order always judges, so that there is one.
            if (place == 0 || shard->piece(index).content.high % oneIn == 0) {
                split.valid.push_back(shard->tokens(index));
                split.validQuarters += shard->piece(index).lengthQuarters;
            } else {
                split.train.push_back(shard->tokens(index));
            }
        }
        split.how = fmt::format("{} of {} pieces are held out whole", split.valid.size(), shard->size());
    }
    split.shards = {std::move(shard)};
    return split;
}

Split holdOut(std::shared_ptr<const TokenShard> train, std::shared_ptr<const TokenShard> valid) {
    Split split;
    std::unordered_set<ContentHash> known;
    for (std::size_t index = 0; index < train->size(); ++index) {
        known.insert(train->piece(index).content);
        split.train.push_back(train->tokens(index));
    }
    for (std::size_t index = 0; index < valid->size(); ++index) {
        if (!known.contains(valid->piece(index).content)) {
            split.valid.push_back(valid->tokens(index));
            split.validQuarters += valid->piece(index).lengthQuarters;
        }
    }
    split.how = fmt::format("{} pieces of another folder judge", split.valid.size());
    split.shards = {std::move(train), std::move(valid)};
    return split;
}

}  // namespace ricercar
