#include "core/tokens/vocabulary.h"

#include <fmt/ranges.h>

#include "core/tokens/event_vocabulary.h"
#include "core/tokens/house_vocabulary.h"

namespace ricercar {

std::vector<std::string_view> vocabularyNames() { return {"house-2", "house-1", "events-1"}; }

std::string successor(std::string_view name) { return std::string(name == "house-1" ? "house-2" : name); }

std::vector<Token> Vocabulary::exercise(std::span<const Token> piece, std::optional<int>, Random&) const {
    return {piece.begin(), piece.end()};
}

Result<Script> Vocabulary::fill(const Song&, const FillIn&, std::size_t) const {
    return failure("this model cannot fill in or add instruments: it was trained with the vocabulary \"{}\"", name());
}

Result<std::shared_ptr<const Vocabulary>> findVocabulary(std::string_view name) {
    if (name == "house-2" || name == "house-1") {
        return std::make_shared<const HouseVocabulary>(name == "house-2");
    }
    if (name == "events-1") {
        return std::make_shared<const EventVocabulary>();
    }
    return failure("there is no vocabulary \"{}\"; this program knows {}", name, fmt::join(vocabularyNames(), ", "));
}

Result<Song> decode(const Vocabulary& vocabulary, std::span<const Token> tokens) {
    const auto prefix = vocabulary.emptyPrefix();
    std::size_t place = 0;
    if (tokens.empty() || tokens.front() != startToken) {
        prefix->push(startToken);
    }
    for (const Token token : tokens) {
        if (!prefix->push(token)) {
            return failure("token {} ({}) may not stand at place {}", token, vocabulary.text(token), place);
        }
        ++place;
    }
    return prefix->song();
}

}  // namespace ricercar
