#include "core/train/begun_run.h"

#include "core/base/files.h"

namespace ricercar {

namespace {

/// Nothing where the field is missing or of another type.
template <typename Value>
std::optional<Value> valueOf(const Json& object, const char* name) {
    const auto found = field<Value>(object, name);
    return found ? std::optional(*found) : std::nullopt;
}

/// Gives `asked` the value that a run was begun with. What is returned is that value, for people, where the user asks
/// for another.
template <typename Value>
std::optional<std::string> takeOver(const Json& begun, const char* name, std::optional<Value>& asked) {
    const auto was = valueOf<Value>(begun, name);
    if (asked && asked != was) {
        return was ? fmt::format("with --{} {}", name, *was) : fmt::format("without --{}", name);
    }
    asked = was;
    return std::nullopt;
}

}  // namespace

Result<void> checkFolder(const RunDirectory& directory, const TrainingSettings& settings) {
    if (settings.resume == directory.holdsRun()) {
        return {};
    }
    const std::string run = settings.run.string();
    return settings.resume
               ? failure("{} holds no training run to resume", run)
               : failure("{} already holds a training run; go on with --resume or choose another folder", run);
}

Result<Json> takeOverBegun(const RunDirectory& directory, TrainingSettings& settings) {
    auto begun = readTextFile(directory.config()).and_then([](const std::string& text) { return parseJson(text); });
    if (!begun) {
        return failure("{}: {}", directory.config().string(), begun.error().message);
    }
    if (!settings.minutes && !settings.epochs) {
        settings.minutes = valueOf<double>(*begun, "minutes");
        settings.processorTime = valueOf<bool>(*begun, "processorTime").value_or(false);
        settings.epochs = valueOf<int>(*begun, "epochs");
    }
    settings.pauseOnBattery = settings.pauseOnBattery || valueOf<bool>(*begun, "pauseOnBattery").value_or(false);
    for (const auto& differing : {takeOver(*begun, "preset", settings.preset), takeOver(*begun, "base", settings.base),
                                  takeOver(*begun, "valid", settings.validFolder),
                                  takeOver(*begun, "rng", settings.rng), takeOver(*begun, "batch", settings.batch)}) {
        if (differing) {
            const std::string run = settings.run.string();
            return failure("{} was begun {}; go on with that, or train anew with --base {}", run, *differing, run);
        }
    }
    return begun;
}

Result<void> checkUnchanged(const TrainingSettings& settings, const Json& begun, const Json& now) {
    for (const char* name : {"vocabulary", "window", "batch", "learningRate", "dropout", "music"}) {
        if (begun.value(name, Json()) != now[name]) {
            const std::string run = settings.run.string();
            return failure(
                "{}: its {} is no longer what it was begun with; train anew with --base {} instead of --resume", run,
                name, run);
        }
    }
    return {};
}

}  // namespace ricercar
