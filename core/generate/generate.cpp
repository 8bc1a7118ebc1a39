#include "core/generate/generate.h"

#include <algorithm>

#include "core/generate/drawing.h"

namespace ricercar {

Result<std::vector<Take>> generate(const PreparedSeed& preparedSeed, const GenerateSettings& wanted,
                                   const GenerateEvents& events, const std::stop_token& stop) {
    if (const auto checked = check(wanted); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto& seed = static_cast<const ReadSeed&>(preparedSeed);
    GenerateSettings settings = wanted;
    if (seed.fills()) {
        settings.bars = static_cast<int>(seed.script().size());
    }
    if (settings.keyOfSeed) {
        settings.key = seed.key();
    }
    const auto pitches = pitchesOf(settings);
    if (!pitches) {
        return tl::make_unexpected(pitches.error());
    }
    const auto description = descriptionTokens(seed.model(), settings);
    if (!description) {
        return tl::make_unexpected(description.error());
    }
    std::vector<Drawing> drawings;
    drawings.reserve(static_cast<std::size_t>(settings.takes));
    for (int number = 0; number < settings.takes; ++number) {
        drawings.emplace_back(seed, settings, *pitches, *description, number);
    }
    std::vector<Take> takes;
    const auto finish = [&](Drawing& drawing, int bars) {
        Take take = drawing.finish(bars, events);
        if (noteCount(take.song) == 0) {
            return;
        }
        takes.push_back(std::move(take));
        if (events.take) {
            events.take(takes.back());
        }
    };

    // The grammar keeps the key; what else is asked for is left to the model.
    GenerateSettings leftToModel = settings;
    leftToModel.key.reset();
    const auto enlarged = descriptionTokens(seed.model(), leftToModel).value();
    TakeRows rows(seed.decoder(), settings.takes, enlarged);
    const auto vocabularySize = static_cast<std::size_t>(seed.vocabulary().size());
    std::span<const float> logits = seed.logits();
    bool first = true;  // all rows still have the seed's logits
    while (!drawings.empty() && !stop.stop_requested()) {
        std::vector<Token> tokens;
        std::vector<int> going;
        for (std::size_t row = 0; row < drawings.size(); ++row) {
            const auto rowLogits = first ? logits : logits.subspan(row * vocabularySize, vocabularySize);
            if (const auto token = drawings[row].draw(rowLogits, rows, static_cast<int>(row), events)) {
                tokens.push_back(*token);
                going.push_back(static_cast<int>(row));
            } else {
                finish(drawings[row], settings.bars);
            }
        }
        first = false;
        if (going.size() < drawings.size()) {
            std::vector<Drawing> left;
            left.reserve(going.size());
            for (const int row : going) {
                left.push_back(std::move(drawings[static_cast<std::size_t>(row)]));
            }
            drawings = std::move(left);
            rows.keepTakes(going);
        }
        if (!drawings.empty()) {
            logits = rows.step(tokens);
        }
    }
    for (Drawing& drawing : drawings) {
        if (const int bars = drawing.wholeBars(); bars > 0) {
            finish(drawing, bars);
        }
    }
    std::sort(takes.begin(), takes.end(), [](const Take& a, const Take& b) { return a.number < b.number; });
    return takes;
}

}  // namespace ricercar
