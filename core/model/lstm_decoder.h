#pragma once

#include <memory>
#include <vector>

#include "core/model/decoder.h"
#include "core/model/heard.h"
#include "core/model/model_file.h"

namespace ricercar {

/// Decodes an LSTM (Hochreiter and Schmidhuber 1997, with forget gates) in plain C++.
class LstmDecoder : public Decoder {
public:
    LstmDecoder(std::shared_ptr<const ModelFile> file, int rows);

    int rows() const override { return m_rows; }
    std::span<const float> step(std::span<const Token> tokens) override;
    std::span<const float> prefill(std::span<const Token> tokens) override;
    std::unique_ptr<Decoder> repeated(int rows) const override;
    void mark(int row) override { m_marks[static_cast<std::size_t>(row)] = state(row); }
    void rewind(int row) override { setState(row, *m_marks[static_cast<std::size_t>(row)]); }
    void keepRows(std::span<const int> rows) override;

private:
    /// Of one row.
    struct State {
        std::vector<float> numbers;  ///< hidden and cell state of every layer
        Heard heard;
    };
    struct Layer {
        const float* inputWeights;
        const float* hiddenWeights;
        const float* bias;
        std::vector<float> hidden;  ///< [row][number]
        std::vector<float> cell;
    };

    void read(std::span<const Token> tokens);
    std::span<const float> logits();
    State state(int row) const;
    void setState(int row, const State& state);
    void resize(int rows);

    std::shared_ptr<const ModelFile> m_file;
    NetworkConfig m_config;
    int m_rows = 0;
    const float* m_embedding;
    const float* m_output;
    std::vector<Layer> m_layers;
    std::vector<Heard> m_heard;                 ///< by row
    std::vector<std::optional<State>> m_marks;  ///< by row
    std::vector<float> m_x, m_gates, m_recurrent, m_logits;
};

}  // namespace ricercar
