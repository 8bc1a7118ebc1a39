#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/model/attention.h"
#include "core/model/decoder.h"
#include "core/model/heard.h"
#include "core/model/weights.h"

namespace ricercar {

/// Decodes a transformer in plain C++ with a key and value cache for each row. A token sees the last `context` tokens
/// of its row.
class TransformerDecoder : public Decoder {
public:
    TransformerDecoder(std::shared_ptr<const Weights> weights, int rows);

    int rows() const override { return static_cast<int>(m_rows.size()); }
    std::span<const float> step(std::span<const int> rows, std::span<const Token> tokens) override;
    std::span<const float> prefill(std::span<const Token> tokens) override;
    std::unique_ptr<Decoder> repeated(int rows) const override;
    void mark(int row) override;
    void rewind(int row) override;
    void keepRows(std::span<const int> rows) override;

private:
    struct Layer {
        const float* attentionNorm;
        const Matrix& qkv;
        const Matrix& attentionOut;
        const float* feedNorm;
        const Matrix& feedIn;
        const Matrix& feedOut;
    };
    /// What one row remembers.
    struct State {
        KeyValueCache cache;  ///< of the last `context` tokens
        Heard heard;
        std::int64_t length;  ///< tokens read
    };
    struct Row {
        State state;
        State mark;
    };

    State& state(int row) { return m_rows[static_cast<std::size_t>(row)].state; }

    /// Reads `tokens[i]` in row `rows[i]`. Returns the logits after the last `wanted` of them [wanted, vocabulary].
    std::span<const float> read(std::span<const int> rows, std::span<const Token> tokens, int wanted);

    std::shared_ptr<const Weights> m_weights;
    NetworkConfig m_config;
    const float* m_embedding;
    const Matrix& m_output;  ///< the same numbers
    const float* m_finalNorm;
    std::vector<Layer> m_layers;
    std::vector<Row> m_rows;

    // Work space, [item][number].
    std::vector<Attention::Item> m_items;
    std::vector<float> m_x, m_normed, m_qkv, m_attended, m_hidden, m_logits;
    RoundedRows m_rounded;
    Attention m_attention;
};

}  // namespace ricercar
