#include "core/train/torch/module_decoding.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <torch/torch.h>

#include "core/model/model.h"
#include "core/model/model_file.h"

namespace ricercar {

namespace {

constexpr Token someToken = 300;

/// A layer of the Transformer in libtorch's own modules, with a cache of keys and values.
struct Block : torch::nn::Module {
    Block(const NetworkConfig& config, const std::function<at::Tensor(const std::string&)>& weights) {
        const auto linear = [&](const char* name) {
            const at::Tensor weight = weights(name);
            auto module = register_module(
                name, torch::nn::Linear(torch::nn::LinearOptions(weight.size(1), weight.size(0)).bias(false)));
            module->weight.set_data(weight);
            return module;
        };
        const auto norm = [&](const char* name) {
            auto module = register_module(
                name, torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.width}).eps(normEpsilon)));
            module->weight.set_data(weights(name));
            return module;
        };
        attentionNorm = norm("attention_norm");
        qkv = linear("qkv");
        attentionOut = linear("attention_out");
        feedNorm = norm("feed_norm");
        feedIn = linear("feed_in");
        feedOut = linear("feed_out");
    }

    torch::nn::LayerNorm attentionNorm{nullptr}, feedNorm{nullptr};
    torch::nn::Linear qkv{nullptr}, attentionOut{nullptr}, feedIn{nullptr}, feedOut{nullptr};
    at::Tensor keys, values;  ///< [row][head][time][number]
};

/// Reads tokens one by one, for several rows at once.
class ModuleDecoder {
public:
    ModuleDecoder(const ModelFile& file, int rows) : m_config(file.description.network) {
        const auto weight = [&](const std::string& name) {
            const StoredTensor& tensor = *file.weights.find(name);
            return torch::tensor(tensor.values()).view(tensor.shape);
        };
        const std::int64_t headWidth = m_config.width / m_config.heads;
        m_embedding = torch::nn::Embedding::from_pretrained(weight("embedding"));
        m_norm = torch::nn::LayerNorm(torch::nn::LayerNormOptions({m_config.width}).eps(normEpsilon));
        m_norm->weight.set_data(weight("final_norm"));
        for (int layer = 0; layer < m_config.layers; ++layer) {
            m_blocks.emplace_back(m_config, [&](const std::string& name) {
                return weight("layers." + std::to_string(layer) + "." + name);
            });
            m_blocks.back().keys = torch::zeros({rows, m_config.heads, m_config.context, headWidth});
            m_blocks.back().values = torch::zeros_like(m_blocks.back().keys);
        }
        m_frequencies =
            torch::pow(double{rotaryBase}, torch::arange(0, headWidth, 2) / static_cast<double>(-headWidth));
    }

    /// tokens [row] -> logits [row, vocabulary]
    at::Tensor step(const at::Tensor& tokens) {
        const at::Tensor angles = m_frequencies * m_length;
        const at::Tensor cosine = angles.cos();
        const at::Tensor sine = angles.sin();
        const auto turned = [&](const at::Tensor& head) {
            const auto halves = head.chunk(2, -1);
            return torch::cat({halves[0] * cosine - halves[1] * sine, halves[0] * sine + halves[1] * cosine}, -1);
        };
        const double perSquareRoot = 1 / std::sqrt(m_config.width / m_config.heads);
        at::Tensor x = m_embedding->forward(tokens);
        for (Block& block : m_blocks) {
            const auto heads = block.qkv->forward(block.attentionNorm->forward(x))
                                   .view({tokens.size(0), 3, m_config.heads, 1, -1})
                                   .unbind(1);
            block.keys.select(2, m_length).copy_(turned(heads[1]).squeeze(2));
            block.values.select(2, m_length).copy_(heads[2].squeeze(2));
            const at::Tensor scores =
                torch::matmul(turned(heads[0]), block.keys.narrow(2, 0, m_length + 1).transpose(-1, -2));
            const at::Tensor mixed =
                torch::matmul((scores * perSquareRoot).softmax(-1), block.values.narrow(2, 0, m_length + 1));
            x = x + block.attentionOut->forward(mixed.flatten(1));
            x = x + block.feedOut->forward(block.feedIn->forward(block.feedNorm->forward(x)).relu().square());
        }
        ++m_length;
        return torch::matmul(m_norm->forward(x), m_embedding->weight.t());
    }

    void goTo(std::int64_t length) { m_length = length; }

private:
    NetworkConfig m_config;
    torch::nn::Embedding m_embedding{nullptr};
    torch::nn::LayerNorm m_norm{nullptr};
    std::vector<Block> m_blocks;
    at::Tensor m_frequencies;
    std::int64_t m_length = 0;
};

/// Of all threads.
double processorSeconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

Result<double> moduleDecodingSpeed(const std::filesystem::path& model, int rows) {
    const auto file = ModelFile::open(model);
    const auto own = Model::openIn(Precision::stored, model);
    if (!file || !own) {
        return tl::make_unexpected(file ? own.error() : file.error());
    }
    if (file->description.network.architecture != Architecture::transformer) {
        return failure("only Transformers are compared with libtorch's modules");
    }
    const torch::InferenceMode mode;
    ModuleDecoder decoder(*file, rows);
    const at::Tensor tokens = torch::full({rows}, someToken, torch::kLong);

    const std::vector<Token> few(16, someToken);
    at::Tensor logits;
    for (std::size_t i = 0; i < few.size(); ++i) {
        logits = decoder.step(tokens);
    }
    const auto ownDecoder = (*own)->decoder(1);
    const auto ownLogits = ownDecoder->prefill(few);
    const at::Tensor expected = torch::tensor(at::ArrayRef<float>(ownLogits.data(), ownLogits.size()));
    if (!torch::allclose(logits[0], expected, 1e-3, 1e-3)) {
        return failure("libtorch's modules compute another network than the program");
    }

    const int half = file->description.network.context / 2;
    const int steps = std::min(128, half);
    decoder.goTo(half - steps / 2);
    const double start = processorSeconds();
    for (int step = 0; step < steps; ++step) {
        decoder.step(tokens);
    }
    return steps * rows / (processorSeconds() - start);
}

}  // namespace ricercar
