#include "core/model/transformer_decoder.h"

#include <algorithm>
#include <cassert>

namespace ricercar {

namespace {

constexpr std::size_t prefillChunk = 32;

}  // namespace

TransformerDecoder::TransformerDecoder(std::shared_ptr<const Weights> weights, int rows)
    : m_weights(std::move(weights)),
      m_config(m_weights->config()),
      m_embedding(m_weights->numbers("embedding")),
      m_output(m_weights->matrix("embedding")),
      m_finalNorm(m_weights->numbers("final_norm")),
      m_attention(m_config, m_weights->precision()) {
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = fmt::format("layers.{}.", layer);
        const auto matrix = [&](const char* name) -> const Matrix& { return m_weights->matrix(prefix + name); };
        m_layers.push_back({m_weights->numbers(prefix + "attention_norm"), matrix("qkv"), matrix("attention_out"),
                            m_weights->numbers(prefix + "feed_norm"), matrix("feed_in"), matrix("feed_out")});
    }
    const State empty{KeyValueCache(m_config, m_weights->precision()), Heard(m_config.held), 0};
    m_rows.assign(static_cast<std::size_t>(rows), {empty, empty});
}

std::span<const float> TransformerDecoder::step(std::span<const int> rows, std::span<const Token> tokens) {
    assert(tokens.size() == rows.size());
    return read(rows, tokens, static_cast<int>(rows.size()));
}

std::span<const float> TransformerDecoder::prefill(std::span<const Token> tokens) {
    assert(rows() == 1 && !tokens.empty());
    const std::vector<int> rows(prefillChunk);
    std::span<const float> logits;
    while (!tokens.empty()) {
        // Where the context is full, each token takes the place of one that those before it see.
        const auto room = static_cast<std::size_t>(std::max<std::int64_t>(1, m_config.context - state(0).length));
        const auto chunk = tokens.first(std::min({tokens.size(), prefillChunk, room}));
        tokens = tokens.subspan(chunk.size());
        logits = read(std::span(rows).first(chunk.size()), chunk, tokens.empty() ? 1 : 0);
    }
    return logits;
}

std::span<const float> TransformerDecoder::read(std::span<const int> rows, std::span<const Token> tokens, int wanted) {
    const int width = m_config.width;
    const auto count = tokens.size();
    auto items = static_cast<int>(count);
    const auto sized = [&](std::vector<float>& buffer, int length) {
        buffer.resize(count * static_cast<std::size_t>(length));
        return buffer.data();
    };
    float* x = sized(m_x, width);
    float* normed = sized(m_normed, width);
    float* qkv = sized(m_qkv, 3 * width);
    float* attended = sized(m_attended, width);
    float* hidden = sized(m_hidden, m_config.hidden);
    m_items.clear();
    for (std::size_t i = 0; i < count; ++i) {
        State& of = state(rows[i]);
        of.heard.embed(tokens[i], m_config, m_embedding, x + i * static_cast<std::size_t>(width));
        m_items.push_back({&of.cache, of.length++});
    }
    m_attention.begin(m_items);
    const auto normalise = [&](const float* weights) {
        kernels().normalise(x, weights, normed, items, width, normEpsilon);
    };
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const Layer& weights = m_layers[static_cast<std::size_t>(layer)];
        normalise(weights.attentionNorm);
        weights.qkv.multiply(normed, qkv, items, m_rounded);
        const int unread = layer + 1 < m_config.layers ? 0 : items - wanted;  // no layer reads them further
        m_attention.attend(layer, qkv, attended, unread);
        x += static_cast<std::ptrdiff_t>(unread) * width;
        attended += static_cast<std::ptrdiff_t>(unread) * width;
        items -= unread;
        weights.attentionOut.multiply(attended, x, items, m_rounded, Onto::whatIsThere);
        normalise(weights.feedNorm);
        weights.feedIn.multiply(normed, hidden, items, m_rounded);
        kernels().squaredRelu(hidden, static_cast<long>(items) * m_config.hidden);
        weights.feedOut.multiply(hidden, x, items, m_rounded, Onto::whatIsThere);
    }
    normalise(m_finalNorm);
    m_logits.resize(static_cast<std::size_t>(wanted) * static_cast<std::size_t>(m_config.vocabularySize));
    m_output.multiply(normed, m_logits.data(), wanted, m_rounded);
    return m_logits;
}

std::unique_ptr<Decoder> TransformerDecoder::repeated(int rows) const {
    assert(this->rows() == 1);
    auto copy = std::make_unique<TransformerDecoder>(m_weights, rows);
    for (Row& row : copy->m_rows) {
        row.state = m_rows[0].state;
    }
    return copy;
}

void TransformerDecoder::mark(int row) { m_rows[static_cast<std::size_t>(row)].mark = state(row); }

void TransformerDecoder::rewind(int row) { state(row) = m_rows[static_cast<std::size_t>(row)].mark; }

void TransformerDecoder::keepRows(std::span<const int> rows) {
    std::vector<Row> kept;
    for (const int row : rows) {
        kept.push_back(std::move(m_rows[static_cast<std::size_t>(row)]));
    }
    m_rows = std::move(kept);
}

}  // namespace ricercar
