#include "core/model/transformer_decoder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/model/kernels/kernels.h"

namespace ricercar {

namespace {

constexpr std::size_t prefillChunk = 32;

/// out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weights, for each row.
void normalise(const float* x, const float* weights, float* out, std::size_t rows, int width) {
    const auto numbers = static_cast<float>(width);
    for (std::size_t row = 0; row < rows; ++row, x += width, out += width) {
        const float mean = std::accumulate(x, x + width, 0.0F) / numbers;
        float squares = 0;
        for (int i = 0; i < width; ++i) {
            squares += (x[i] - mean) * (x[i] - mean);
        }
        const float factor = 1.0F / std::sqrt(squares / numbers + normEpsilon);
        for (int i = 0; i < width; ++i) {
            out[i] = (x[i] - mean) * factor * weights[i];
        }
    }
}

}  // namespace

TransformerDecoder::TransformerDecoder(std::shared_ptr<const ModelFile> file, int rows)
    : m_file(std::move(file)), m_config(m_file->description.network) {
    const auto weights = [&](const std::string& name) { return m_file->tensor(name).data(); };
    m_embedding = weights("embedding");
    m_finalNorm = weights("final_norm");
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const std::string prefix = fmt::format("layers.{}.", layer);
        m_layers.push_back({weights(prefix + "attention_norm"), weights(prefix + "qkv"),
                            weights(prefix + "attention_out"), weights(prefix + "feed_norm"),
                            weights(prefix + "feed_in"), weights(prefix + "feed_out")});
    }
    for (int pair = 0; pair < headWidth() / 2; ++pair) {
        m_frequencies.push_back(std::pow(rotaryBase, -2.0 * pair / headWidth()));
    }
    for (int row = 0; row < rows; ++row) {
        m_rows.push_back(emptyRow());
    }
    m_scores.resize(static_cast<std::size_t>(m_config.context));
}

std::size_t TransformerDecoder::cacheSize() const {
    const auto numbers = static_cast<std::size_t>(m_config.layers) * static_cast<std::size_t>(m_config.width);
    return 2 * numbers * static_cast<std::size_t>(slots());
}

TransformerDecoder::Row TransformerDecoder::emptyRow() const {
    const Heard heard(m_config.held);
    // Pages of the cache are touched only when written.
    return {std::make_unique_for_overwrite<float[]>(cacheSize()), heard, 0, {}, heard, {}};
}

float* TransformerDecoder::headCache(Row& row, int layer, int head) const {
    const auto heads = static_cast<std::size_t>(m_config.layers) * static_cast<std::size_t>(m_config.heads);
    const auto index = static_cast<std::size_t>(layer * m_config.heads + head);
    return row.cache.get() + index * (cacheSize() / heads);
}

std::span<const float> TransformerDecoder::step(std::span<const int> rows, std::span<const Token> tokens) {
    assert(tokens.size() == rows.size());
    m_items.clear();
    for (const int row : rows) {
        m_items.push_back({row, m_rows[static_cast<std::size_t>(row)].length});
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
            m_items.push_back({0, m_rows[0].length + static_cast<std::int64_t>(i)});
        }
        read(chunk);
        tokens = tokens.subspan(chunk.size());
    }
    return logits(static_cast<int>(m_items.size()) - 1, 1);
}

void TransformerDecoder::read(std::span<const Token> tokens) {
    const Kernels& run = kernels();
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
        Row& row = m_rows[static_cast<std::size_t>(m_items[i].row)];
        saveOverwritten(row, m_items[i].position);
        row.heard.embed(tokens[i], m_config, m_embedding, x + i * numbers);
        for (const double frequency : m_frequencies) {
            const double angle = static_cast<double>(m_items[i].position) * frequency;
            *angles++ = static_cast<float>(std::cos(angle));
            *angles++ = static_cast<float>(std::sin(angle));
        }
    }
    const auto addToX = [&] { std::transform(m_x.begin(), m_x.end(), m_added.begin(), m_x.begin(), std::plus<>()); };
    for (int layer = 0; layer < m_config.layers; ++layer) {
        const Layer& weights = m_layers[static_cast<std::size_t>(layer)];
        normalise(x, weights.attentionNorm, normed, count, width);
        run.linear(weights.qkv, normed, qkv, items, width, 3 * width);
        attend(layer);
        run.linear(weights.attentionOut, attended, added, items, width, width);
        addToX();
        normalise(x, weights.feedNorm, normed, count, width);
        run.linear(weights.feedIn, normed, hidden, items, width, m_config.hidden);
        for (float& value : m_hidden) {
            value = value > 0 ? value * value : 0;
        }
        run.linear(weights.feedOut, hidden, added, items, m_config.hidden, width);
        addToX();
    }
    normalise(x, m_finalNorm, normed, count, width);
    for (const Item& item : m_items) {
        m_rows[static_cast<std::size_t>(item.row)].length = item.position + 1;
    }
}

void TransformerDecoder::attend(int layer) {
    const auto width = static_cast<std::size_t>(m_config.width);
    const auto headNumbers = static_cast<std::size_t>(headWidth());
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        const Item& item = m_items[i];
        Row& row = m_rows[static_cast<std::size_t>(item.row)];
        const float* angles = m_angles.data() + i * headNumbers;
        const auto slot = static_cast<std::size_t>(item.position % slots());
        for (int head = 0; head < m_config.heads; ++head) {
            const auto firstOfHead = static_cast<std::size_t>(head) * headNumbers;
            float* query = m_qkv.data() + i * 3 * width + firstOfHead;
            float* key = query + width;
            const float* value = key + width;
            turn(query, angles);
            turn(key, angles);
            float* cache = headCache(row, layer, head);
            std::copy_n(key, headNumbers, cache + slot * headNumbers);
            std::copy_n(value, headNumbers, cache + (static_cast<std::size_t>(slots()) + slot) * headNumbers);
            attendHead(query, cache, item.position, m_attended.data() + i * width + firstOfHead);
        }
    }
}

void TransformerDecoder::attendHead(const float* query, const float* cache, std::int64_t position, float* out) {
    const Kernels& run = kernels();
    const int headNumbers = headWidth();
    const auto visible = static_cast<int>(std::min<std::int64_t>(position + 1, m_config.context));
    const auto firstSlot = static_cast<int>((position + 1 - visible) % slots());
    const int beforeWrap = std::min(visible, slots() - firstSlot);  // the rest stands at the start of the cache
    const float* keys = cache;
    const float* values = cache + static_cast<std::ptrdiff_t>(slots()) * headNumbers;
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(firstSlot) * headNumbers;
    const float scale = 1.0F / std::sqrt(static_cast<float>(headNumbers));
    run.scores(query, keys + first, m_scores.data(), beforeWrap, headNumbers, scale);
    run.scores(query, keys, m_scores.data() + beforeWrap, visible - beforeWrap, headNumbers, scale);
    const float highest = *std::max_element(m_scores.begin(), m_scores.begin() + visible);
    float total = 0;
    for (int i = 0; i < visible; ++i) {
        float& score = m_scores[static_cast<std::size_t>(i)];
        score = std::exp(score - highest);
        total += score;
    }
    std::fill_n(out, headNumbers, 0.0F);
    run.weightedSum(m_scores.data(), values + first, out, beforeWrap, headNumbers);
    run.weightedSum(m_scores.data() + beforeWrap, values, out, visible - beforeWrap, headNumbers);
    for (int i = 0; i < headNumbers; ++i) {
        out[i] /= total;
    }
}

void TransformerDecoder::turn(float* head, const float* angles) const {
    const int half = headWidth() / 2;
    for (int pair = 0; pair < half; ++pair) {
        const float cosine = *angles++;
        const float sine = *angles++;
        const float a = head[pair];
        const float b = head[pair + half];
        head[pair] = a * cosine - b * sine;
        head[pair + half] = a * sine + b * cosine;
    }
}

std::span<const float> TransformerDecoder::logits(int first, int count) {
    m_logits.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>(m_config.vocabularySize));
    kernels().linear(m_embedding, m_normed.data() + static_cast<std::ptrdiff_t>(first) * m_config.width,
                     m_logits.data(), count, m_config.width, m_config.vocabularySize);
    return m_logits;
}

std::unique_ptr<Decoder> TransformerDecoder::repeated(int rows) const {
    assert(this->rows() == 1);
    auto copy = std::make_unique<TransformerDecoder>(m_file, rows);
    const Row& source = m_rows[0];
    const auto headNumbers = static_cast<std::size_t>(headWidth());
    const auto used = static_cast<std::size_t>(std::min<std::int64_t>(source.length, slots())) * headNumbers;
    const auto stride = static_cast<std::size_t>(slots()) * headNumbers;
    for (Row& row : copy->m_rows) {
        row.length = source.length;
        row.heard = source.heard;
        for (std::size_t first = 0; first < cacheSize(); first += stride) {
            std::copy_n(source.cache.get() + first, used, row.cache.get() + first);
        }
    }
    return copy;
}

template <typename Visit>
void TransformerDecoder::visitSlot(const Row& row, std::int64_t slot, Visit visit) const {
    const auto headNumbers = static_cast<std::size_t>(headWidth());
    const auto stride = static_cast<std::size_t>(slots()) * headNumbers;
    for (std::size_t first = static_cast<std::size_t>(slot) * headNumbers; first < cacheSize(); first += stride) {
        visit(row.cache.get() + first);
    }
}

void TransformerDecoder::saveOverwritten(Row& row, std::int64_t position) const {
    if (row.mark && position >= slots() && position < *row.mark + slots()) {
        visitSlot(row, position % slots(), [&](const float* numbers) {
            row.overwritten.insert(row.overwritten.end(), numbers, numbers + headWidth());
        });
    }
}

void TransformerDecoder::mark(int row) {
    Row& marked = m_rows[static_cast<std::size_t>(row)];
    marked.mark = marked.length;
    marked.heardAtMark = marked.heard;
    marked.overwritten.clear();
}

void TransformerDecoder::rewind(int row) {
    Row& marked = m_rows[static_cast<std::size_t>(row)];
    assert(marked.mark);
    auto saved = marked.overwritten.begin();
    for (auto position = std::max<std::int64_t>(*marked.mark, slots()); saved != marked.overwritten.end(); ++position) {
        visitSlot(marked, position % slots(), [&](float* numbers) {
            std::copy_n(saved, headWidth(), numbers);
            saved += headWidth();
        });
    }
    marked.length = *marked.mark;
    marked.heard = marked.heardAtMark;
    marked.overwritten.clear();
}

void TransformerDecoder::keepRows(std::span<const int> rows) {
    std::vector<Row> kept;
    for (const int row : rows) {
        kept.push_back(std::move(m_rows[static_cast<std::size_t>(row)]));
    }
    m_rows = std::move(kept);
}

}  // namespace ricercar
