#include "core/model/model.h"

#include "core/model/lstm_decoder.h"
#include "core/model/transformer_decoder.h"
#include "core/model/weights.h"

namespace ricercar {

namespace {

class OpenedModel : public Model {
public:
    OpenedModel(ModelFile file, Precision precision, std::shared_ptr<const Vocabulary> vocabulary)
        : m_weights(std::make_shared<const Weights>(std::move(file), precision)), m_vocabulary(std::move(vocabulary)) {}

    const NetworkConfig& config() const override { return m_weights->config(); }
    const Vocabulary& vocabulary() const override { return *m_vocabulary; }
    const Json& card() const override { return m_weights->description().card; }
    const std::string& hash() const override { return m_weights->hash(); }

    std::unique_ptr<Decoder> decoder(int rows) const override {
        if (config().architecture == Architecture::lstm) {
            return std::make_unique<LstmDecoder>(m_weights, rows);
        }
        return std::make_unique<TransformerDecoder>(m_weights, rows);
    }

private:
    std::shared_ptr<const Weights> m_weights;  // shared with the decoders
    std::shared_ptr<const Vocabulary> m_vocabulary;
};

}  // namespace

Result<std::shared_ptr<const Model>> Model::open(const std::filesystem::path& path) {
    return openIn(usualPrecision, path);
}

Result<std::shared_ptr<const Model>> Model::openIn(Precision precision, const std::filesystem::path& path) {
    auto file = ModelFile::open(path);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto vocabulary = findVocabulary(file->description.vocabulary);
    if (!vocabulary) {
        return failure("{}: {}", path.string(), vocabulary.error().message);
    }
    if ((*vocabulary)->size() != file->description.network.vocabularySize) {
        return failure("{}: it knows {} tokens, its vocabulary {} has {}", path.string(),
                       file->description.network.vocabularySize, (*vocabulary)->name(), (*vocabulary)->size());
    }
    return std::make_shared<const OpenedModel>(std::move(*file), precision, *vocabulary);
}

}  // namespace ricercar
