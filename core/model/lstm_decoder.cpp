#include "core/model/lstm_decoder.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/model/kernels/kernels.h"

namespace ricercar {

namespace {

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

}  // namespace

LstmDecoder::LstmDecoder(std::shared_ptr<const ModelFile> file, int rows)
    : m_file(std::move(file)), m_config(m_file->description.network) {
    const auto weights = [&](const std::string& name) { return m_file->tensor(name).data(); };
    m_embedding = weights("embedding");
    m_output = weights("output");
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = fmt::format("layers.{}.", layer);
        m_layers.push_back(
            {weights(prefix + "input_weights"), weights(prefix + "hidden_weights"), weights(prefix + "bias"), {}, {}});
    }
    resize(rows);
}

void LstmDecoder::resize(int rows) {
    m_rows = rows;
    const auto count = static_cast<std::size_t>(rows) * static_cast<std::size_t>(m_config.width);
    for (Layer& layer : m_layers) {
        layer.hidden.assign(count, 0.0F);
        layer.cell.assign(count, 0.0F);
    }
    m_x.resize(count);
    m_gates.resize(4 * count);
    m_recurrent.resize(4 * count);
    m_heard.assign(static_cast<std::size_t>(rows), Heard(m_config.held));
    m_marks.resize(static_cast<std::size_t>(rows));
}

std::span<const float> LstmDecoder::step(std::span<const Token> tokens) {
    assert(static_cast<int>(tokens.size()) == m_rows);
    read(tokens);
    return logits();
}

std::span<const float> LstmDecoder::prefill(std::span<const Token> tokens) {
    assert(m_rows == 1 && !tokens.empty());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        read(tokens.subspan(i, 1));
    }
    return logits();
}

void LstmDecoder::read(std::span<const Token> tokens) {
    const int width = m_config.width;
    const auto numbers = static_cast<std::size_t>(width);
    for (std::size_t row = 0; row < tokens.size(); ++row) {
        m_heard[row].embed(tokens[row], m_config, m_embedding, m_x.data() + row * numbers);
    }
    for (Layer& layer : m_layers) {
        kernels().linear(layer.inputWeights, m_x.data(), m_gates.data(), m_rows, width, 4 * width);
        kernels().linear(layer.hiddenWeights, layer.hidden.data(), m_recurrent.data(), m_rows, width, 4 * width);
        for (std::size_t row = 0; row < tokens.size(); ++row) {
            const float* gates = m_gates.data() + row * 4 * numbers;
            const float* recurrent = m_recurrent.data() + row * 4 * numbers;
            for (std::size_t i = 0; i < numbers; ++i) {
                const auto gate = [&](std::size_t kind) {
                    const std::size_t place = kind * numbers + i;
                    return gates[place] + recurrent[place] + layer.bias[place];
                };
                float& cell = layer.cell[row * numbers + i];
                cell = sigmoid(gate(1)) * cell + sigmoid(gate(0)) * std::tanh(gate(2));
                layer.hidden[row * numbers + i] = sigmoid(gate(3)) * std::tanh(cell);
            }
        }
        m_x = layer.hidden;
    }
}

std::span<const float> LstmDecoder::logits() {
    m_logits.resize(static_cast<std::size_t>(m_rows) * static_cast<std::size_t>(m_config.vocabularySize));
    kernels().linear(m_output, m_x.data(), m_logits.data(), m_rows, m_config.width, m_config.vocabularySize);
    return m_logits;
}

LstmDecoder::State LstmDecoder::state(int row) const {
    State state{{}, m_heard[static_cast<std::size_t>(row)]};
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(row) * m_config.width;
    for (const Layer& layer : m_layers) {
        for (const auto* numbers : {&layer.hidden, &layer.cell}) {
            const auto begin = numbers->begin() + first;
            state.numbers.insert(state.numbers.end(), begin, begin + m_config.width);
        }
    }
    return state;
}

void LstmDecoder::setState(int row, const State& state) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(row) * m_config.width;
    m_heard[static_cast<std::size_t>(row)] = state.heard;
    auto from = state.numbers.begin();
    for (Layer& layer : m_layers) {
        for (auto* numbers : {&layer.hidden, &layer.cell}) {
            std::copy_n(from, m_config.width, numbers->begin() + first);
            from += m_config.width;
        }
    }
}

std::unique_ptr<Decoder> LstmDecoder::repeated(int rows) const {
    assert(m_rows == 1);
    auto copy = std::make_unique<LstmDecoder>(m_file, rows);
    const State source = state(0);
    for (int row = 0; row < rows; ++row) {
        copy->setState(row, source);
    }
    return copy;
}

void LstmDecoder::keepRows(std::span<const int> rows) {
    std::vector<State> kept;
    std::vector<std::optional<State>> marks;
    for (const int row : rows) {
        kept.push_back(state(row));
        marks.push_back(std::move(m_marks[static_cast<std::size_t>(row)]));
    }
    m_marks = std::move(marks);
    resize(static_cast<int>(rows.size()));
    for (std::size_t row = 0; row < kept.size(); ++row) {
        setState(static_cast<int>(row), kept[row]);
    }
}

}  // namespace ricercar
