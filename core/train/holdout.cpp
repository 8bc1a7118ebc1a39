#include "core/train/holdout.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "core/analysis/text_chart.h"

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

std::string folderOf(const ShardPiece& piece) {
    return piece.path.substr(0, std::min(piece.path.find('/'), piece.path.size()));
}

std::vector<std::string> stylesOf(const Music& music) {
    std::set<std::string> folders;
    for (std::size_t index = 0; index < music.size(); ++index) {
        if (music.piece(index).path.find('/') == std::string::npos) {
            return {};
        }
        folders.insert(folderOf(music.piece(index)));
    }
    if (folders.size() < 2 || folders.size() > mostStyles) {
        return {};
    }
    return {folders.begin(), folders.end()};
}

/// `tokens`, which are of the music's piece `index`, are to be learnt.
void addTrain(Split& split, std::span<const Token> tokens, const Music& music, std::size_t index) {
    const auto style = std::find(split.styles.begin(), split.styles.end(), folderOf(music.piece(index)));
    split.train.push_back(tokens);
    split.trainNames.push_back(music.piece(index).path);
    split.trainStyles.push_back(
        style == split.styles.end() ? std::nullopt : std::optional(static_cast<int>(style - split.styles.begin())));
}

void cutPiece(const Music& music, std::size_t index, const Vocabulary& vocabulary, Split& split) {
    const auto tokens = music.tokens(index);
    const auto places = barPlaces(tokens, vocabulary);
    const std::size_t kept = std::max<std::size_t>(1, places.size() * 4 / 5);
    const auto keep = [&](std::span<const Token> part) {
        auto piece = std::make_shared<std::vector<Token>>();
        piece->push_back(startToken);
        piece->insert(piece->end(), part.begin(), part.end());
        piece->push_back(endToken);
        split.cut.push_back(std::move(piece));
        return std::span<const Token>(*split.cut.back());
    };
    if (kept + 1 >= places.size()) {
        addTrain(split, tokens, music, index);
        return;
    }
    const std::size_t last = tokens.size() - 1;  // the end token
    addTrain(split, keep(tokens.subspan(1, places[kept] - 1)), music, index);
    split.valid.push_back(keep(tokens.subspan(places[kept + 1], last - places[kept + 1])));
    const double share = static_cast<double>(places.size() - kept - 1) / static_cast<double>(places.size());
    split.validQuarters += music.piece(index).lengthQuarters * share;
}

}  // namespace

Split holdOut(std::shared_ptr<const Music> music, const Vocabulary& vocabulary) {
    Split split;
    split.styles = stylesOf(*music);
    if (music->size() < fewPieces) {
        for (std::size_t index = 0; index < music->size(); ++index) {
            cutPiece(*music, index, vocabulary, split);
        }
        split.how = "the last fifth of each piece is held out: with so few pieces the validation is of the same music";
        split.judges = fmt::format("the held-out last fifth of {}", counted(split.valid.size(), "piece"));
    } else {
        std::vector<std::size_t> order(music->size());
        for (std::size_t index = 0; index < order.size(); ++index) {
            order[index] = index;
        }
        std::sort(order.begin(), order.end(),
                  [&](auto a, auto b) { return music->piece(a).content < music->piece(b).content; });
        for (std::size_t place = 0; place < order.size(); ++place) {
            const std::size_t index = order[place];
            // The first in the order always judges, so that there is one.
            if (place == 0 || music->piece(index).content.high % oneIn == 0) {
                split.valid.push_back(music->tokens(index));
                split.validQuarters += music->piece(index).lengthQuarters;
            } else {
                addTrain(split, music->tokens(index), *music, index);
            }
        }
        split.how = fmt::format("{} of {} pieces are held out whole", split.valid.size(), music->size());
        split.judges = counted(split.valid.size(), "held-out piece");
    }
    split.music = {std::move(music)};
    return split;
}

Split holdOut(std::shared_ptr<const Music> train, std::shared_ptr<const Music> valid) {
    Split split;
    split.styles = stylesOf(*train);
    std::unordered_set<ContentHash> known;
    for (std::size_t index = 0; index < train->size(); ++index) {
        known.insert(train->piece(index).content);
        addTrain(split, train->tokens(index), *train, index);
    }
    for (std::size_t index = 0; index < valid->size(); ++index) {
        if (!known.contains(valid->piece(index).content)) {
            split.valid.push_back(valid->tokens(index));
            split.validQuarters += valid->piece(index).lengthQuarters;
        }
    }
    split.how = fmt::format("{} pieces of another folder judge", split.valid.size());
    split.judges = fmt::format("{} of another folder", counted(split.valid.size(), "piece"));
    split.music = {std::move(train), std::move(valid)};
    return split;
}

}  // namespace ricercar
