#pragma once

#include <memory>
#include <vector>

#include "core/model/decoder.h"
#include "core/model/heard.h"
#include "core/model/weights.h"

namespace ricercar {

/// Decodes an LSTM (Hochreiter and Schmidhuber 1997, with forget gates) in plain C++.
class LstmDecoder : public Decoder {
public:
    LstmDecoder(std::shared_ptr<const Weights> weights, int rows);

    int rows() const override { return static_cast<int>(m_rows.size()); }
    std::span<const float> step(std::span<const int> rows, std::span<const Token> tokens) override;
    std::span<const float> prefill(std::span<const Token> tokens) override;
    std::unique_ptr<Decoder> repeated(int rows) const override;
    void mark(int row) override;
    void rewind(int row) override;
    void keepRows(std::span<const int> rows) override;

private:
    /// What one row remembers.
    struct State {
        std::vector<float> numbers;  ///< [layer][hidden or cell][number]
        Heard heard;
    };
    struct Row {
        State state;
        State mark;
    };
    struct Layer {
        const Matrix& inputWeights;
        const Matrix& hiddenWeights;
        const float* bias;
    };

    /// Leaves the output of `rows` in m_x.
    void read(std::span<const int> rows, std::span<const Token> tokens);
    /// Of the rows in m_x.
    std::span<const float> logits();
    State& state(int row) { return m_rows[static_cast<std::size_t>(row)].state; }

    std::shared_ptr<const Weights> m_weights;
    NetworkConfig m_config;
    const float* m_embedding;
    const Matrix& m_output;
    std::vector<Layer> m_layers;
    std::vector<Row> m_rows;
    std::vector<float> m_x, m_hidden, m_gates, m_recurrent, m_logits;
    RoundedRows m_rounded;
};

}  // namespace ricercar
