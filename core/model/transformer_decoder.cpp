#include "core/model/transformer_decoder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

namespace ricercar {

namespace {

constexpr std::size_t prefillChunk = 32;

}  // namespace

TransformerDecoder::TransformerDecoder(std::shared_ptr<const Weights> weights, int rows)
    : m_weights(std::move(weights)),
      m_config(m_weights->config()),
      m_embedding(m_weights->numbers("embedding")),
      m_output(m_weights->matrix("embedding")),
      m_finalNorm(m_weights->numbers("final_norm")) {
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = fmt::format("layers.{}.", layer);
        const auto matrix = [&](const char* name) -> const Matrix& { return m_weights->matrix(prefix + name); };
        m_layers.push_back({m_weights->numbers(prefix + "attention_norm"), matrix("qkv"), matrix("attention_out"),
                            m_weights->numbers(prefix + "feed_norm"), matrix("feed_in"), matrix("feed_out")});
    }
    for (int pair = 0; pair < headWidth() / 2; ++pair) {
        m_frequencies.push_back(std::pow(rotaryBase, -2.0 * pair / headWidth()));
    }
    const State empty{KeyValueCache(m_config, m_weights->precision()), Heard(m_config.held), 0};
    m_rows.assign(static_cast<std::size_t>(rows), {empty, empty});
}

std::span<const float> TransformerDecoder::step(std::span<const int> rows, std::span<const Token> tokens) {
    assert(tokens.size() == rows.size());
    m_items.clear();
    for (const int row : rows) {
        m_items.push_back({row, state(row).length});
    }
    read(tokens);
    return logits(0, static_cast<int>(rows.size()));
}

std::span<const float> TransformerDecoder::prefill(std::span<const Token> tokens) {
    assert(rows() == 1 && !tokens.empty());
    while (!tokens.empty()) {
        const auto chunk = tokens.first(std::min(tokens.size(), prefillChunk));
        m_items.clear();
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            m_items.push_back({0, state(0).length + static_cast<std::int64_t>(i)});
        }
        read(chunk);
        tokens = tokens.subspan(chunk.size());
    }
    return logits(static_cast<int>(m_items.size()) - 1, 1);
}

void TransformerDecoder::read(std::span<const Token> tokens) {
    const int width = m_config.width;
    const auto numbers = static_cast<std::size_t>(width);
    const auto count = m_items.size();
    const auto items = static_cast<int>(count);
    const auto sized = [&](std::vector<float>& buffer, int length) {
        buffer.resize(count * static_cast<std::size_t>(length));
        return buffer.data();
    };
    float* x = sized(m_x, width);
    float* normed = sized(m_normed, width);
    float* qkv = sized(m_qkv, 3 * width);
    float* attended = sized(m_attended, width);
    float* hidden = sized(m_hidden, m_config.hidden);
    float* added = sized(m_added, width);
    float* angles = sized(m_angles, headWidth());
    for (std::size_t i = 0; i < count; ++i) {
        state(m_items[i].row).heard.embed(tokens[i], m_config, m_embedding, x + i * numbers);
        for (const double frequency : m_frequencies) {
            const double angle = static_cast<double>(m_items[i].position) * frequency;
            angles[m_frequencies.size()] = static_cast<float>(std::sin(angle));
            *angles++ = static_cast<float>(std::cos(angle));
        }
        angles += m_frequencies.size();
    }
    const auto normalise = [&](const float* weights) {
        kernels().normalise(x, weights, normed, items, width, normEpsilon);
    };
    const auto multiply = [&](const Matrix& matrix, const float* in, float* out) {
        matrix.multiply(in, out, items, m_rounded);
    };
    const auto addToX = [&] { std::transform(m_x.begin(), m_x.end(), m_added.begin(), m_x.begin(), std::plus<>()); };
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const Layer& weights = m_layers[static_cast<std::size_t>(layer)];
        normalise(weights.attentionNorm);
        multiply(weights.qkv, normed, qkv);
        attend(layer);
        multiply(weights.attentionOut, attended, added);
        addToX();
        normalise(weights.feedNorm);
        multiply(weights.feedIn, normed, hidden);
        for (float& value : m_hidden) {
            value = value > 0 ? value * value : 0;
        }
        multiply(weights.feedOut, hidden, added);
        addToX();
    }
    normalise(m_finalNorm);
    for (const Item& item : m_items) {
        state(item.row).length = item.position + 1;
    }
}

void TransformerDecoder::attend(int layer) {
    const auto width = static_cast<std::size_t>(m_config.width);
    const auto headNumbers = static_cast<std::size_t>(headWidth());
    for (int head = 0; head < m_config.heads; ++head) {  // what rows share of it stays in the caches
        const auto firstOfHead = static_cast<std::size_t>(head) * headNumbers;
        const int headOfAll = layer * m_config.heads + head;
        for (std::size_t i = 0; i < m_items.size(); ++i) {
            const Item& item = m_items[i];
            const float* angles = m_angles.data() + i * headNumbers;
            float* query = m_qkv.data() + i * 3 * width + firstOfHead;
            float* key = query + width;
            turn(query, angles);
            turn(key, angles);
            KeyValueCache& cache = state(item.row).cache;
            cache.put(headOfAll, static_cast<int>(item.position % m_config.context), key, key + width, m_attention);
            cache.attend(headOfAll, query,
                         static_cast<int>(std::min<std::int64_t>(item.position + 1, m_config.context)),
                         m_attended.data() + i * width + firstOfHead, m_attention);
        }
    }
}

void TransformerDecoder::turn(float* head, const float* angles) const {
    const int half = headWidth() / 2;
    for (int pair = 0; pair < half; ++pair) {
        const float cosine = angles[pair];
        const float sine = angles[half + pair];
        const float a = head[pair];
        const float b = head[pair + half];
        head[pair] = a * cosine - b * sine;
        head[pair + half] = a * sine + b * cosine;
    }
}

std::span<const float> TransformerDecoder::logits(int first, int count) {
    m_logits.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>(m_config.vocabularySize));
    m_output.multiply(m_normed.data() + static_cast<std::ptrdiff_t>(first) * m_config.width, m_logits.data(), count,
                      m_rounded);
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
