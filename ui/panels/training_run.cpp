#include "ui/panels/training_run.h"

#include "core/base/files.h"
#include "core/base/json.h"
#include "ui/panels/plain_name.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

fs::path runsFolder() { return userDataFolder() / "runs"; }
fs::path modelFile(const QString& name) { return userDataFolder() / "models" / (name.toStdString() + ".safetensors"); }
fs::path requestFile(const fs::path& run) { return run / "request.json"; }

std::optional<TrainingRun> readRun(const fs::path& folder) {
    const auto json =
        readTextFile(requestFile(folder)).and_then([](const std::string& text) { return parseJson(text); });
    if (!json) return std::nullopt;
    const auto text = [&](const char* name) {
        return QString::fromStdString(fieldOr(*json, name, std::string()).value_or(std::string()));
    };
    TrainRequest request;
    request.folder = text("folder");
    request.run = QString::fromStdString(folder.string());
    request.preset = text("preset");
    request.base = text("base");
    if (const auto minutes = field<double>(*json, "minutes")) request.minutes = *minutes;
    return TrainingRun{QString::fromStdString(folder.filename().string()), request};
}

}  // namespace

TrainingRun TrainingRun::make(const QString& wanted, TrainRequest request) {
    const QString plain = plainName(wanted, QStringLiteral("my-model"));
    QString name = plain;
    for (int number = 2; fs::exists(runsFolder() / name.toStdString()) || fs::exists(modelFile(name)); ++number) {
        name = QStringLiteral("%1-%2").arg(plain).arg(number);
    }
    TrainingRun run{name, std::move(request)};
    run.request.run = QString::fromStdString(run.folder().string());
    return run;
}

std::optional<TrainingRun> TrainingRun::findUnfinished() {
    std::error_code error;
    fs::path newest;
    fs::file_time_type newestTime;
    for (const auto& entry : fs::directory_iterator(runsFolder(), error)) {
        const auto time = fs::last_write_time(requestFile(entry.path()), error);
        if (!error && (newest.empty() || time > newestTime)) {
            newest = entry.path();
            newestTime = time;
        }
    }
    return newest.empty() ? std::nullopt : readRun(newest);
}

fs::path TrainingRun::folder() const { return runsFolder() / name.toStdString(); }

bool TrainingRun::canResume() const {
    std::error_code error;
    return fs::exists(folder() / "checkpoint.safetensors", error);
}

bool TrainingRun::hasModel() const {
    std::error_code error;
    return fs::exists(best(), error);
}

Result<void> TrainingRun::store() const {
    Json json{{"folder", request.folder.toStdString()},
              {"preset", request.preset.toStdString()},
              {"base", request.base.toStdString()}};
    if (request.minutes) json["minutes"] = *request.minutes;
    return writeFileAtomically(requestFile(folder()), json.dump(2) + '\n');
}

Result<QString> TrainingRun::keepModel() const {
    const fs::path kept = modelFile(name);
    return readFile(best())
        .and_then([&](const std::vector<std::byte>& bytes) { return writeFileAtomically(kept, bytes); })
        .map([&] { return QString::fromStdString(kept.string()); });
}

void TrainingRun::remove() const {
    std::error_code error;
    fs::remove(requestFile(folder()), error);  // first, so that half a folder is not offered
    fs::remove_all(folder(), error);
}

}  // namespace ricercar
