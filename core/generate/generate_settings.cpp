#include "core/generate/generate_settings.h"

#include <algorithm>
#include <tuple>

#include <fmt/ranges.h>

#include "core/generate/calibration.h"
#include "core/music/names.h"

namespace ricercar {

Result<void> setKey(GenerateSettings& settings, std::string_view text) {
    settings.keyOfSeed = text == "seed";
    settings.key.reset();
    if (settings.keyOfSeed || text.empty()) {
        return {};
    }
    return keyFromText(text).map([&](const Key& key) { settings.key = key; }).map_error([](const Error& error) {
        return Error{"key " + error.message + ", nor \"seed\""};
    });
}

std::vector<std::string> stylesOf(const Model& model) {
    return fieldOr(model.card(), "styles", std::vector<std::string>()).value_or(std::vector<std::string>());
}

Result<void> check(const GenerateSettings& settings) {
    if (settings.bars < 1 || settings.bars > 256) {
        return failure("bars is {}, outside 1 to 256", settings.bars);
    }
    if (settings.takes < 1 || settings.takes > 64) {
        return failure("takes is {}, outside 1 to 64", settings.takes);
    }
    if (!(settings.temperature >= lowestTemperature && settings.temperature <= highestTemperature)) {
        return failure("temperature is {}, outside {} to {}", settings.temperature, lowestTemperature,
                       highestTemperature);
    }
    if (settings.minP && !(*settings.minP >= 0 && *settings.minP <= 1)) {
        return failure("min-p is {}, outside 0 to 1", *settings.minP);
    }
    if (settings.topP && !(*settings.topP > 0 && *settings.topP <= 1)) {
        return failure("top-p is {}, not above 0 and at most 1", *settings.topP);
    }
    if (settings.lowestPitch < 0 || settings.lowestPitch > 127) {
        return failure("lowest is {}, outside 0 to 127", settings.lowestPitch);
    }
    if (settings.highestPitch < settings.lowestPitch || settings.highestPitch > 127) {
        return failure("highest is {}, outside {} (the lowest) to 127", settings.highestPitch, settings.lowestPitch);
    }
    if (settings.key && settings.keyOfSeed) {
        return failure("key is {}, or that of the seed, but not both", settings.key->text());
    }
    for (const auto& [name, value, classes] : {std::tuple("density", settings.density, densityClasses),
                                               std::tuple("polyphony", settings.polyphony, polyphonyClasses)}) {
        if (value && (*value < 0 || *value >= classes)) {
            return failure("{} is {}, outside 0 to {}", name, *value, classes - 1);
        }
    }
    return pitchesOf(settings).map([](const PitchSet&) {});
}

Result<PitchSet> pitchesOf(const GenerateSettings& settings) {
    const std::optional<Key>& key = settings.key;
    PitchSet pitches;
    for (int pitch = settings.lowestPitch; pitch <= settings.highestPitch; ++pitch) {
        const bool raisedSeventh = key && key->mode == Mode::minor && pitch % 12 == (key->tonic + 11) % 12;
        pitches.set(static_cast<std::size_t>(pitch), !key || key->contains(pitch % 12) || raisedSeventh);
    }
    if (pitches.none()) {
        return failure("key {} has no note from {} to {}", key->text(), pitchName(Pitch::clamped(settings.lowestPitch)),
                       pitchName(Pitch::clamped(settings.highestPitch)));
    }
    return pitches;
}

Result<std::vector<Token>> descriptionTokens(const Model& model, const GenerateSettings& settings) {
    const bool asked = settings.density || settings.polyphony || !settings.style.empty();
    if (asked && model.vocabulary().descriptionTokens({{}, {}, 0, {}}).empty()) {
        return failure("this model knows no style, density or polyphony: it was trained with the vocabulary \"{}\"",
                       model.vocabulary().name());
    }
    Description description{std::nullopt, settings.key, settings.density, settings.polyphony};
    if (!settings.style.empty()) {
        const auto styles = stylesOf(model);
        const auto found = std::find(styles.begin(), styles.end(), settings.style);
        if (found == styles.end()) {
            return failure("the model knows no style \"{}\"{}", settings.style,
                           styles.empty() ? std::string() : fmt::format("; choose one of {}", fmt::join(styles, ", ")));
        }
        description.style = static_cast<int>(found - styles.begin());
    }
    return model.vocabulary().descriptionTokens(description);
}

}  // namespace ricercar
