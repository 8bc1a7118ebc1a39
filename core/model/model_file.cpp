#include "core/model/model_file.h"

namespace ricercar {

namespace {

constexpr const char* descriptionKey = "ricercar";

Result<ModelDescription> descriptionFromText(const std::string& text) {
    if (text.empty()) {
        return failure("it is no model of this program");
    }
    ModelDescription description;
    const auto json = parseJson(text);
    if (!json) {
        return tl::make_unexpected(json.error());
    }
    const auto vocabulary = field<std::string>(*json, "vocabulary");
    const auto preset = field<std::string>(*json, "preset");
    const auto network = field<Json>(*json, "network").and_then(networkConfigFromJson);
    const auto card = field<Json>(*json, "card");
    for (const auto* error : {vocabulary ? nullptr : &vocabulary.error(), preset ? nullptr : &preset.error(),
                              network ? nullptr : &network.error(), card ? nullptr : &card.error()}) {
        if (error != nullptr) {
            return tl::make_unexpected(*error);
        }
    }
    return ModelDescription{*network, *vocabulary, *preset, *card};
}

}  // namespace

Result<ModelFile> ModelFile::open(const std::filesystem::path& path) {
    auto weights = SafeTensors::open(path);
    if (!weights) {
        return tl::make_unexpected(weights.error());
    }
    auto description = descriptionFromText(weights->metadata(descriptionKey));
    if (!description) {
        return failure("{}: {}", path.string(), description.error().message);
    }
    for (const TensorSpec& spec : tensorsOf(description->network)) {
        const StoredTensor* tensor = weights->find(spec.name);
        if (tensor == nullptr) {
            return failure("{}: the tensor \"{}\" is missing", path.string(), spec.name);
        }
        if (tensor->shape != spec.shape) {
            return failure("{}: the tensor \"{}\" is {}, not {}", path.string(), spec.name, shapeText(tensor->shape),
                           shapeText(spec.shape));
        }
    }
    return ModelFile{std::move(*description), std::move(*weights)};
}

Result<void> writeModelFile(const std::filesystem::path& path, const ModelDescription& description,
                            std::span<const TensorView> tensors, NumberType type,
                            std::map<std::string, std::string> extra) {
    extra[descriptionKey] = Json{
        {"network", toJson(description.network)},
        {"vocabulary", description.vocabulary},
        {"preset", description.preset},
        {"card",
         description.card}}.dump();
    return writeSafeTensors(path, std::move(extra), tensors, type);
}

}  // namespace ricercar
