#include "core/generate/recipe.h"

namespace ricercar {

namespace {

/// Counted up when the program draws in another way, so that the same recipe would give another take.
constexpr int wayOfDrawing = 3;

}  // namespace

Json recipeOf(const ReadSeed& seed, const GenerateSettings& settings, int number, int bars, const Song& song) {
    Json recipe{{"model", seed.model().hash()},
                {"modelName", fieldOr<std::string>(seed.model().card(), "name", "").value_or("")},
                {"seed", seed.hash()},
                {"bars", bars},
                {"temperature", settings.temperature},
                {"rng", settings.rng},
                {"drawing", wayOfDrawing},
                {"take", number}};
    if (settings.minP) recipe["minP"] = *settings.minP;
    if (settings.topP) recipe["topP"] = *settings.topP;
    if (settings.key) recipe["key"] = settings.key->text();
    if (settings.lowestPitch > 0) recipe["lowestPitch"] = settings.lowestPitch;
    if (settings.highestPitch < 127) recipe["highestPitch"] = settings.highestPitch;
    if (settings.ending) recipe["ending"] = true;
    if (!settings.style.empty()) recipe["style"] = settings.style;
    if (settings.density) recipe["density"] = *settings.density;
    if (settings.polyphony) recipe["polyphony"] = *settings.polyphony;
    if (seed.fill()) recipe["fill"] = toJson(*seed.fill());
    const Meter meter = meterMap(song).meterOfBar(0);
    if (!seed.fills() && seed.bars() > 0 && meter != seed.meter()) {
        recipe["remark"] =
            fmt::format("in {}, because the model cannot write bars of {}", meter.text(), seed.meter().text());
    }
    return recipe;
}

}  // namespace ricercar
