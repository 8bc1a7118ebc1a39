#include "core/model/lstm_decoder.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace ricercar {

LstmDecoder::LstmDecoder(std::shared_ptr<const Weights> weights, int rows)
    : m_weights(std::move(weights)),
      m_config(m_weights->config()),
      m_embedding(m_weights->numbers("embedding")),
      m_output(m_weights->matrix("output")) {
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = fmt::format("layers.{}.", layer);
        m_layers.push_back({m_weights->matrix(prefix + "input_weights"), m_weights->matrix(prefix + "hidden_weights"),
                            m_weights->numbers(prefix + "bias")});
    }
    const auto numbers = 2 * static_cast<std::size_t>(m_config.layers) * static_cast<std::size_t>(m_config.width);
    const State empty{std::vector<float>(numbers), Heard(m_config.held)};
    m_rows.assign(static_cast<std::size_t>(rows), {empty, empty});
}

std::span<const float> LstmDecoder::step(std::span<const int> rows, std::span<const Token> tokens) {
    assert(tokens.size() == rows.size());
    read(rows, tokens);
    return logits();
}

std::span<const float> LstmDecoder::prefill(std::span<const Token> tokens) {
    assert(rows() == 1 && !tokens.empty());
    for (const Token token : tokens) {
        read(std::array{0}, std::span(&token, 1));
    }
    return logits();
}

void LstmDecoder::read(std::span<const int> rows, std::span<const Token> tokens) {
    const int width = m_config.width;
    const auto numbers = static_cast<std::size_t>(width);
    const auto count = static_cast<int>(rows.size());
    m_x.resize(rows.size() * numbers);
    m_hidden.resize(m_x.size());
    m_gates.resize(4 * m_x.size());
    m_recurrent.resize(4 * m_x.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        state(rows[i]).heard.embed(tokens[i], m_config, m_embedding, m_x.data() + i * numbers);
    }
    for (std::size_t index = 0; index < m_layers.size(); ++index) {
        const Layer& layer = m_layers[index];
        const auto hiddenOf = [&](int row) { return state(row).numbers.data() + 2 * index * numbers; };
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::copy_n(hiddenOf(rows[i]), width, m_hidden.data() + i * numbers);
        }
        layer.inputWeights.multiply(m_x.data(), m_gates.data(), count, m_rounded);
        layer.hiddenWeights.multiply(m_hidden.data(), m_recurrent.data(), count, m_rounded);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const float* gates = m_gates.data() + i * 4 * numbers;
            const float* recurrent = m_recurrent.data() + i * 4 * numbers;
            float* hidden = hiddenOf(rows[i]);
            kernels().lstmCells(gates, recurrent, layer.bias, hidden + numbers, hidden, width);
            std::copy_n(hidden, width, m_x.data() + i * numbers);
        }
    }
}

std::span<const float> LstmDecoder::logits() {
    const auto count = m_x.size() / static_cast<std::size_t>(m_config.width);
    m_logits.resize(count * static_cast<std::size_t>(m_config.vocabularySize));
    m_output.multiply(m_x.data(), m_logits.data(), static_cast<int>(count), m_rounded);
    return m_logits;
}

std::unique_ptr<Decoder> LstmDecoder::repeated(int rows) const {
    assert(this->rows() == 1);
    auto copy = std::make_unique<LstmDecoder>(m_weights, rows);
    for (Row& row : copy->m_rows) {
        row.state = m_rows[0].state;
    }
    return copy;
}

void LstmDecoder::mark(int row) { m_rows[static_cast<std::size_t>(row)].mark = state(row); }

void LstmDecoder::rewind(int row) { state(row) = m_rows[static_cast<std::size_t>(row)].mark; }

void LstmDecoder::keepRows(std::span<const int> rows) {
    std::vector<Row> kept;
    for (const int row : rows) {
        kept.push_back(std::move(m_rows[static_cast<std::size_t>(row)]));
    }
    m_rows = std::move(kept);
}

}  // namespace ricercar
