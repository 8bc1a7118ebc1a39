#include "core/model/model_library.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/base/files.h"
#include "core/model/model_file.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

constexpr const char* ending = ".safetensors";

std::vector<fs::path> modelFilesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == ending) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

fs::path bundledModels() { return resourceFolder() / "models"; }

}  // namespace

Json toJson(const ModelEntry& entry) {
    return {{"name", entry.name},
            {"path", entry.path.string()},
            {"preset", entry.preset},
            {"weights", entry.weights},
            {"card", entry.card}};
}

std::vector<ModelEntry> listModels() {
    std::vector<ModelEntry> entries;
    for (const fs::path& folder : {bundledModels(), userDataFolder() / "models"}) {
        for (const fs::path& path : modelFilesIn(folder)) {
            if (auto file = ModelFile::open(path)) {
                entries.push_back({path.stem().string(), path, file->description.preset, file->description.card,
                                   weightCount(file->description.network)});
            }
        }
    }
    return entries;
}

Result<fs::path> findModel(const std::string& nameOrPath) {
    std::error_code error;
    const fs::path path(nameOrPath);
    if (fs::is_directory(path, error)) {
        const fs::path best = path / bestModelName;
        if (fs::exists(best, error)) {
            return best;
        }
        return failure("{} holds no model yet: there is no {} in it", nameOrPath, bestModelName);
    }
    if (fs::exists(path, error)) {
        return path;
    }
    for (const fs::path& folder : {bundledModels(), userDataFolder() / "models"}) {
        const fs::path named = folder / (nameOrPath + ending);
        if (fs::exists(named, error)) {
            return named;
        }
    }
    std::vector<std::string> names;
    for (const ModelEntry& entry : listModels()) {
        names.push_back(entry.name);
    }
    return failure("there is no model \"{}\"; known models: {}", nameOrPath,
                   names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace ricercar
