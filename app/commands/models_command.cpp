#include <algorithm>
#include <memory>

#include "app/commands/command.h"
#include "core/model/model_library.h"

namespace ricercar {

namespace {

std::string licence(const ModelEntry& model) {
    const auto found = model.card.find("licence");
    return found != model.card.end() && found->is_string() ? found->get<std::string>() : "not stated";
}

void printJson(const std::vector<ModelEntry>& models) {
    Json list = Json::array();
    for (const ModelEntry& model : models) {
        list.push_back(toJson(model));
    }
    fmt::print("{}\n", Json{{"models", list}}.dump(2, ' ', false, Json::error_handler_t::replace));
}

void printTable(const std::vector<ModelEntry>& models) {
    if (models.empty()) {
        fmt::print("There are no models yet: make one with `ricercar-engine train FOLDER --out RUN`.\n");
        return;
    }
    std::size_t name = 4;
    std::size_t preset = 6;
    for (const ModelEntry& model : models) {
        name = std::max(name, model.name.size());
        preset = std::max(preset, model.preset.size());
    }
    fmt::print("{:{}}  {:{}}  {:>10}  {}\n", "name", name, "preset", preset, "weights", "licence");
    for (const ModelEntry& model : models) {
        fmt::print("{:{}}  {:{}}  {:>10}  {}\n", model.name, name, model.preset, preset, model.weights, licence(model));
    }
}

}  // namespace

void addModelsCommand(CLI::App& engine) {
    auto* command = engine.add_subcommand("models", "List the models that can be named");
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print JSON, with each model's card and path");
    onRun(*command, [json]() -> Result<void> {
        const auto models = listModels();
        *json ? printJson(models) : printTable(models);
        return {};
    });
}

}  // namespace ricercar
