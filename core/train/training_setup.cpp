#include "core/train/training_setup.h"

#include "core/base/files.h"
#include "core/model/model_library.h"
#include "core/train/begun_run.h"
#include "core/train/music.h"

namespace ricercar {

namespace {

constexpr std::size_t littleMusic = 300'000;  // tokens; less than this gets the strong dropout
constexpr double strongDropout = 0.3;
constexpr std::size_t oneStyle = 2'000'000;  // tokens; less than this is a style for a base to take on
constexpr double ownKeys = 0.5;              // of the pieces of a style: its favourite keys belong to it
constexpr double continuedRate = 0.3;        // of the preset's learning rate, where a base learns much more

/// Changes when the music of a run changes.
std::string hashOf(const Split& split) {
    std::string text;
    for (const auto& music : split.music) {
        for (std::size_t index = 0; index < music->size(); ++index) {
            text += music->piece(index).content.hex();
        }
    }
    return contentHash(text).hex();
}

std::size_t tokenCount(std::span<const std::span<const Token>> pieces) {
    std::size_t count = 0;
    for (const auto piece : pieces) {
        count += piece.size();
    }
    return count;
}

/// What the network is, and how it is trained on much music.
Result<void> choosePreset(TrainingSetup& setup) {
    TrainingSettings& settings = setup.settings;
    Preset& preset = setup.preset;
    std::string vocabulary;
    std::optional<NetworkConfig> network;  // where it is not the preset's
    if (settings.resume) {
        const auto begunNetwork = networkConfigFromJson(setup.begun.value("network", Json()));
        if (!begunNetwork) {
            return failure("{}: {}", RunDirectory(settings.run).config().string(), begunNetwork.error().message);
        }
        network = *begunNetwork;
        vocabulary = setup.begun.value("vocabulary", "");
    } else if (settings.base) {
        auto base = findModel(*settings.base).and_then(ModelFile::open);
        if (!base) {
            return tl::make_unexpected(base.error());
        }
        setup.base = std::move(*base);
        network = setup.base->description.network;
        vocabulary = successor(setup.base->description.vocabulary);
        if (const auto wanted = findPreset(settings.preset.value_or("")); wanted) {
            network = grown(*network, wanted->network);
        }
        if (!settings.preset && findPreset(setup.base->description.preset)) {
            settings.preset = setup.base->description.preset;
        }
    }
    const auto named = findPreset(settings.preset.value_or("fast"));
    if (!named) {
        return tl::make_unexpected(named.error());
    }
    preset = *named;
    preset.network = network.value_or(preset.network);
    if (preset.network.architecture == Architecture::transformer && preset.network.context < preset.window) {
        preset.batch = preset.batch * preset.window / preset.network.context;
        preset.window = preset.network.context;
    }
    preset.batch = settings.batch.value_or(preset.batch);
    const auto found = findVocabulary(network ? vocabulary : preset.vocabulary);
    if (!found) {
        return tl::make_unexpected(found.error());
    }
    setup.vocabulary = *found;
    preset.network.vocabularySize = setup.vocabulary->size();
    if (!settings.resume) {
        preset.network.held = setup.vocabulary->heldTokens();
    }
    return {};
}

/// What is learned from and what judges, and how little music is trained on.
Result<void> divideMusic(TrainingSetup& setup, const ProgressSink& scan, const std::stop_token& stop) {
    const TrainingSettings& settings = setup.settings;
    auto music = loadMusic(settings.folder, setup.vocabulary, scan, stop);
    if (!music) {
        return tl::make_unexpected(music.error());
    }
    if (!settings.validFolder) {
        setup.split = holdOut(*music, *setup.vocabulary);
    } else {
        auto valid = loadMusic(*settings.validFolder, setup.vocabulary, scan, stop);
        if (!valid) {
            return tl::make_unexpected(valid.error());
        }
        setup.split = holdOut(*music, *valid);
    }
    if (setup.split.valid.empty()) {
        return failure(
            "{}: too little music to learn from: a piece of at least six bars, or five pieces, are needed; what is "
            "there can still be a seed",
            settings.folder.string());
    }
    setup.trainTokens = tokenCount(setup.split.train);
    const bool takesOnStyle = settings.base && setup.trainTokens < oneStyle;
    if (settings.base && !takesOnStyle) {
        setup.preset.learningRate *= continuedRate;
    }
    setup.dropout = !settings.base && setup.trainTokens < littleMusic ? strongDropout : setup.preset.dropout;
    setup.ownKeys = takesOnStyle ? ownKeys : 0;
    // What is looked at while training is drawn from all held-out pieces, always the same ones.
    Random(0).shuffle(std::span(setup.split.valid));
    return {};
}

Result<void> readCard(TrainingSetup& setup) {
    const std::filesystem::path& path = setup.settings.card;
    if (path.empty()) {
        return {};
    }
    auto card = readTextFile(path).and_then([](const std::string& text) { return parseJson(text); });
    if (!card || !card->is_object()) {
        return failure("{}: {}", path.string(), card ? "not a JSON object" : card.error().message);
    }
    setup.card = std::move(*card);
    return {};
}

void describeModel(TrainingSetup& setup) {
    Json card = {{"name", setup.settings.run.filename().string()},
                 {"trainedOn", setup.settings.folder.filename().string()},
                 {"trainPieces", setup.split.train.size()},
                 {"trainTokens", setup.trainTokens},
                 {"heldOut", setup.split.how}};
    if (!setup.split.styles.empty()) {
        card["styles"] = setup.split.styles;
    }
    card.update(setup.card);
    if (setup.base) {
        const Json& base = setup.base->description.card;
        if (setup.split.styles.empty() && base.contains("styles")) {
            card["styles"] = base["styles"];  // the ones it was taught are still known
        }
        card["base"] = base;
    }
    setup.description = {setup.preset.network, std::string(setup.vocabulary->name()), std::string(setup.preset.name),
                         std::move(card)};
}

/// In full and without a slash at its end, so that it means the same in any directory and ends with its name.
std::filesystem::path inFull(const std::filesystem::path& path) {
    const auto normal = std::filesystem::absolute(path).lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

Result<TrainingSetup> setUp(TrainingSettings settings, const ProgressSink& scan, const std::stop_token& stop) {
    TrainingSetup setup;
    setup.settings = std::move(settings);
    setup.settings.folder = inFull(setup.settings.folder);
    for (auto* path : {&setup.settings.validFolder, &setup.settings.base}) {
        std::error_code ignored;
        if (*path && std::filesystem::exists(**path, ignored)) {  // else it is the name of a model, or missing
            *path = inFull(**path).string();
        }
    }
    auto ready = Result<void>();
    if (setup.settings.resume) {
        ready = takeOverBegun(RunDirectory(setup.settings.run), setup.settings).map([&](Json begun) {
            setup.begun = std::move(begun);
        });
    }
    return ready.and_then([&] { return choosePreset(setup); })
        .and_then([&] { return readCard(setup); })
        .and_then([&] { return divideMusic(setup, scan, stop); })
        .map([&] {
            describeModel(setup);
            return std::move(setup);
        });
}

Json configOf(const TrainingSetup& setup) {
    const TrainingSettings& settings = setup.settings;
    const Preset& preset = setup.preset;
    const auto orNull = [](const auto& value) { return value ? Json(*value) : Json(); };
    return {{"folder", settings.folder.string()},
            {"valid", orNull(settings.validFolder)},
            {"preset", preset.name},
            {"base", orNull(settings.base)},
            {"rng", setup.rng()},
            {"pauseOnBattery", settings.pauseOnBattery},
            {"minutes", orNull(settings.minutes)},
            {"processorTime", settings.processorTime},
            {"epochs", orNull(settings.epochs)},
            {"network", toJson(preset.network)},
            {"vocabulary", setup.vocabulary->name()},
            {"window", preset.window},
            {"batch", preset.batch},
            {"learningRate", preset.learningRate},
            {"dropout", setup.dropout},
            {"split", setup.split.how},
            {"music", hashOf(setup.split)}};
}

}  // namespace ricercar
