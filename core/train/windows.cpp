#include "core/train/windows.h"

#include <algorithm>
#include <numeric>

namespace ricercar {

TrainingWindows::TrainingWindows(std::vector<std::span<const Token>> pieces, std::vector<std::optional<int>> styles,
                                 std::shared_ptr<const Vocabulary> vocabulary, int window, int batch, std::uint64_t rng,
                                 double ownKeys, std::size_t portion)
    : m_pieces(std::move(pieces)),
      m_styles(std::move(styles)),
      m_vocabulary(std::move(vocabulary)),
      m_window(window),
      m_rng(rng),
      m_ownKeys(ownKeys) {
    for (int semitones = lowestTransposition; semitones <= highestTransposition; ++semitones) {
        auto& table = m_transposed.emplace_back();
        for (int token = 0; token < m_vocabulary->size(); ++token) {
            table.push_back(m_vocabulary->transposed(static_cast<Token>(token), semitones).value_or(untransposable));
        }
    }
    std::size_t total = 0;
    for (const auto piece : m_pieces) {
        total += piece.size();
    }
    const auto windows = std::max<std::int64_t>(1, (static_cast<std::int64_t>(total) - 1) / window);
    m_rows = static_cast<int>(std::min<std::int64_t>(batch, windows));
    constexpr std::size_t leastSteps = 32;  // of a portion, at whose end a part of a step is left over
    const std::size_t stepTokens = static_cast<std::size_t>(m_rows) * static_cast<std::size_t>(m_window);
    dealOut(total, std::max(portion, leastSteps * stepTokens));
    m_stepsPerEpoch = m_portions.back().firstStep + m_portions.back().steps;
}

void TrainingWindows::dealOut(std::size_t tokens, std::size_t portion) {
    const std::size_t count = std::max<std::size_t>(1, tokens / portion);
    std::vector<std::size_t> order(m_pieces.size());
    std::iota(order.begin(), order.end(), 0);
    if (count > 1) {
        Random(m_rng).shuffle(std::span(order));
    }
    auto piece = order.begin();
    std::size_t dealt = 0;
    std::int64_t step = 0;
    for (std::size_t number = 1; number <= count; ++number) {
        Portion& next = m_portions.emplace_back();
        const std::size_t before = dealt;
        for (; piece != order.end() && dealt * count < tokens * number; ++piece) {
            next.pieces.push_back(*piece);
            dealt += m_pieces[*piece].size();
        }
        const auto windows = (static_cast<std::int64_t>(dealt - before) - 1) / m_window;
        next.firstStep = step;
        next.steps = next.pieces.empty() ? 0 : std::max<std::int64_t>(1, windows / m_rows);
        step += next.steps;
    }
}

void TrainingWindows::transpose(std::span<Token> piece, int semitones) const {
    const auto& table = m_transposed[static_cast<std::size_t>(semitones - lowestTransposition)];
    const bool fits =
        std::none_of(piece.begin(), piece.end(), [&](Token token) { return table[token] == untransposable; });
    if (fits) {  // else it would leave the keyboard: this piece stays in its key
        std::transform(piece.begin(), piece.end(), piece.begin(), [&](Token token) { return table[token]; });
    }
}

void TrainingWindows::prepare(std::int64_t turn) {
    m_turn = turn;
    const Portion& portion = m_portions[static_cast<std::size_t>(turn) % m_portions.size()];
    Random random = Random::forStream(m_rng, static_cast<std::uint64_t>(turn));
    std::vector<std::vector<Token>> parts;
    std::size_t tokens = 0;
    const auto needed = static_cast<std::size_t>(portion.steps * m_rows * m_window + 1);
    while (tokens < needed) {  // a single short piece may have to come several times
        for (const std::size_t index : portion.pieces) {
            auto exercise = m_vocabulary->exercise(m_pieces[index], m_styles[index], random);
            const bool ownKey = m_ownKeys > 0 && random.uniform() < m_ownKeys;
            transpose(exercise, ownKey ? 0 : random.between(lowestTransposition, highestTransposition));
            tokens += exercise.size();
            for (auto begin = exercise.begin(); begin != exercise.end();) {
                const auto end = std::find(std::next(begin), exercise.end(), startToken);
                parts.emplace_back(begin, end);
                begin = end;
            }
        }
    }
    random.shuffle(std::span(parts));
    m_stream.clear();
    m_stream.reserve(tokens);
    for (const auto& part : parts) {
        m_stream.insert(m_stream.end(), part.begin(), part.end());
    }
    m_windows.resize(static_cast<std::size_t>(portion.steps * m_rows));
    for (std::size_t index = 0; index < m_windows.size(); ++index) {
        m_windows[index] = index * static_cast<std::size_t>(m_window);
    }
    random.shuffle(std::span(m_windows));
}

TokenBatch TrainingWindows::batch(std::int64_t step) {
    const std::int64_t inEpoch = step % m_stepsPerEpoch;
    const auto after = std::upper_bound(m_portions.begin(), m_portions.end(), inEpoch,
                                        [](std::int64_t wanted, const Portion& one) { return wanted < one.firstStep; });
    const auto portion = std::prev(after);
    const std::int64_t turn = step / m_stepsPerEpoch * std::ssize(m_portions) + (portion - m_portions.begin());
    if (turn != m_turn) {
        prepare(turn);
    }
    TokenBatch batch{m_rows, m_window, {}, {}};
    for (int row = 0; row < m_rows; ++row) {
        const auto index = static_cast<std::size_t>((inEpoch - portion->firstStep) * m_rows + row);
        const Token* first = m_stream.data() + m_windows[index];
        batch.inputs.insert(batch.inputs.end(), first, first + m_window);
        std::transform(first + 1, first + m_window + 1, std::back_inserter(batch.targets), [&](Token token) {
            const bool given = token == startToken || m_vocabulary->isCondition(token);
            return given ? TokenBatch::ignored : std::int32_t{token};
        });
    }
    return batch;
}

std::vector<TokenBatch> evaluationBatches(std::span<const std::span<const Token>> pieces, int window, int rows,
                                          std::size_t mostTokens) {
    std::vector<TokenBatch> batches;
    std::size_t total = 0;
    for (const auto piece : pieces) {
        if (total > 0 && total + piece.size() > mostTokens) {
            break;
        }
        total += piece.size();
        for (std::size_t first = 0; first + 1 < piece.size(); first += static_cast<std::size_t>(window)) {
            if (batches.empty() || batches.back().rows == rows) {
                batches.push_back({0, window, {}, {}});
            }
            TokenBatch& batch = batches.back();
            ++batch.rows;
            for (std::size_t place = first; place < first + static_cast<std::size_t>(window); ++place) {
                const bool inside = place + 1 < piece.size();
                batch.inputs.push_back(inside ? piece[place] : endToken);
                batch.targets.push_back(inside ? piece[place + 1] : TokenBatch::ignored);
            }
        }
    }
    return batches;
}

std::int64_t noteTargets(const TokenBatch& batch, const Vocabulary& vocabulary) {
    return std::count_if(batch.targets.begin(), batch.targets.end(), [&](std::int32_t target) {
        return target != TokenBatch::ignored && vocabulary.isNote(static_cast<Token>(target));
    });
}

}  // namespace ricercar
