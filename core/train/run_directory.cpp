#include "core/train/run_directory.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "core/base/files.h"

namespace ricercar {

namespace {

constexpr const char* stateKey = "training";

/// Nothing where the field is missing or of another type.
template <typename Value>
std::optional<Value> optionalField(const Json& object, const char* name) {
    const auto found = field<Value>(object, name);
    return found ? std::optional(*found) : std::nullopt;
}

std::vector<TensorView> views(std::span<const OwnedTensor> tensors) {
    std::vector<TensorView> all;
    for (const OwnedTensor& tensor : tensors) {
        all.push_back(tensor.view());
    }
    return all;
}

}  // namespace

std::filesystem::path RunDirectory::sample(std::int64_t step) const {
    return m_folder / "samples" / fmt::format("step-{:07}.mid", step);
}

bool RunDirectory::holdsRun() const {
    std::error_code error;
    return std::filesystem::exists(config(), error);
}

Result<Descriptor> RunDirectory::lock() const {
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    Descriptor folder(::open(m_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.isOpen()) {
        return failure("{}: {}", m_folder.string(), std::strerror(errno));
    }
    if (::flock(folder.number(), LOCK_EX | LOCK_NB) != 0) {
        return failure("{}: another process is training in it", m_folder.string());
    }
    return folder;
}

bool RunState::judged(double natsPerNote) {
    judgedStep = step;
    if (step == 0) {
        baseNatsPerNote = natsPerNote;
    } else {
        const bool lowest = !lowestNatsPerNote || natsPerNote < *lowestNatsPerNote;
        lowestNatsPerNote = lowest ? natsPerNote : *lowestNatsPerNote;
        sinceLowest = lowest ? 0 : sinceLowest + 1;
    }
    const bool best = !bestNatsPerNote || natsPerNote < *bestNatsPerNote;
    bestNatsPerNote = best ? natsPerNote : *bestNatsPerNote;
    return best;
}

Result<void> RunDirectory::writeCheckpoint(const ModelDescription& description, const TrainableNetwork& network,
                                           const RunState& state) const {
    std::vector<OwnedTensor> tensors = network.weights();
    for (OwnedTensor& tensor : network.optimiser()) {
        tensors.push_back(std::move(tensor));
    }
    const auto orNull = [](const auto& value) { return value ? Json(*value) : Json(); };
    const Json json = {{"step", state.step},
                       {"seconds", state.seconds},
                       {"baseNatsPerNote", orNull(state.baseNatsPerNote)},
                       {"bestNatsPerNote", orNull(state.bestNatsPerNote)},
                       {"lowestNatsPerNote", orNull(state.lowestNatsPerNote)},
                       {"sinceLowest", state.sinceLowest},
                       {"judgedStep", orNull(state.judgedStep)}};
    return writeModelFile(checkpoint(), description, views(tensors), NumberType::float32, {{stateKey, json.dump()}});
}

Result<void> RunDirectory::writeModel(const std::filesystem::path& path, const ModelDescription& description,
                                      const TrainableNetwork& network) const {
    const std::vector<OwnedTensor> tensors = network.weights();
    return writeModelFile(path, description, views(tensors), NumberType::bfloat16);
}

Result<void> RunDirectory::addToCard(const Json& fields) const {
    auto model = ModelFile::open(best());
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    model->description.card.update(fields);
    std::vector<OwnedTensor> tensors;
    for (const StoredTensor& tensor : model->weights.tensors()) {
        tensors.push_back({tensor.name, tensor.shape, tensor.values()});
    }
    return writeModelFile(best(), model->description, views(tensors), NumberType::bfloat16);
}

Result<Checkpoint> RunDirectory::readCheckpoint(TrainableNetwork& network) const {
    const auto file = ModelFile::open(checkpoint());
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto json = parseJson(file->weights.metadata(stateKey));
    if (!json) {
        return failure("{} is a model, not a checkpoint", checkpoint().string());
    }
    const auto step = field<std::int64_t>(*json, "step");
    const auto seconds = field<double>(*json, "seconds");
    const auto sinceLowest = fieldOr<int>(*json, "sinceLowest", 0);  // older runs do not say it
    if (!step || !seconds || !sinceLowest) {
        return failure("{} does not say where the training stood", checkpoint().string());
    }
    if (const auto loaded = network.load(file->weights, *step); !loaded) {
        return failure("{}: {}", checkpoint().string(), loaded.error().message);
    }
    return Checkpoint{
        file->description,
        {*step, *seconds, optionalField<double>(*json, "baseNatsPerNote"),
         optionalField<double>(*json, "bestNatsPerNote"), optionalField<double>(*json, "lowestNatsPerNote"),
         *sinceLowest, optionalField<std::int64_t>(*json, "judgedStep")}};
}

Result<void> RunDirectory::trimMetrics(std::int64_t step) const {
    const auto text = readTextFile(metrics());
    if (!text) {
        return {};  // killed before the first line
    }
    std::string kept;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const auto json = parseJson(line);
        if (json && fieldOr<std::int64_t>(*json, "step", 0).value_or(0) <= step) {
            kept += line + '\n';
        }
    }
    return writeFileAtomically(metrics(), kept);
}

}  // namespace ricercar
