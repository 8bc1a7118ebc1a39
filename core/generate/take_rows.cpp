#include "core/generate/take_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ricercar {

namespace {

/// How many times what a description changes is taken; 1 is what the model says itself.
constexpr float strength = 3;
/// What is less likely than the likeliest by this factor stays below all that is not: a small model's doubts about what
/// is rare are no opinion (Li et al. 2023, "Contrastive Decoding", section 3.3).
constexpr float plausible = 0.05F;

void enlarge(std::span<const float> told, std::span<const float> untold, std::span<float> logits) {
    const auto enlarged = [&](std::size_t token) { return untold[token] + strength * (told[token] - untold[token]); };
    const float highest = *std::max_element(told.begin(), told.end());
    const float least = highest + std::log(plausible);
    float lowestTold = highest;
    float lowest = std::numeric_limits<float>::infinity();
    for (std::size_t token = 0; token < told.size(); ++token) {
        if (told[token] >= least) {
            lowestTold = std::min(lowestTold, told[token]);
            lowest = std::min(lowest, enlarged(token));
        }
    }
    for (std::size_t token = 0; token < told.size(); ++token) {
        logits[token] = told[token] >= least ? enlarged(token) : lowest + told[token] - lowestTold;
    }
}

}  // namespace

TakeRows::TakeRows(const Decoder& seed, int takes, std::span<const Token> description)
    : m_description(description), m_decoder(seed.repeated(description.empty() ? takes : 2 * takes)) {
    m_rows.resize(static_cast<std::size_t>(m_decoder->rows()));
    std::iota(m_rows.begin(), m_rows.end(), 0);
    m_untold.resize(static_cast<std::size_t>(takes));
}

std::span<const float> TakeRows::step(std::span<const Token> tokens) {
    if (m_description.empty()) {
        return m_decoder->step(m_rows, tokens);
    }
    std::vector<int> rows;
    std::vector<Token> read;
    const auto isTold = [&](Token token) {
        return std::find(m_description.begin(), m_description.end(), token) != m_description.end();
    };
    for (std::size_t take = 0; take < tokens.size(); ++take) {
        for (const int row : rowsOf(static_cast<int>(take)).first(isTold(tokens[take]) ? 1 : 2)) {
            rows.push_back(row);
            read.push_back(tokens[take]);
        }
    }
    std::span<const float> logits = m_decoder->step(rows, read);
    const std::size_t size = logits.size() / rows.size();
    const auto next = [&] {
        const auto row = logits.first(size);
        logits = logits.subspan(size);
        return row;
    };
    m_logits.resize(tokens.size() * size);
    for (std::size_t take = 0; take < tokens.size(); ++take) {
        const auto told = next();
        auto& untold = m_untold[take].last;
        if (!isTold(tokens[take])) {
            const auto row = next();
            untold.assign(row.begin(), row.end());
        }
        enlarge(told, untold, std::span(m_logits).subspan(take * size, size));
    }
    return m_logits;
}

void TakeRows::mark(int take) {
    for (const int row : rowsOf(take)) {
        m_decoder->mark(row);
    }
    Untold& untold = m_untold[static_cast<std::size_t>(take)];
    untold.atMark = untold.last;
}

void TakeRows::rewind(int take) {
    for (const int row : rowsOf(take)) {
        m_decoder->rewind(row);
    }
    Untold& untold = m_untold[static_cast<std::size_t>(take)];
    untold.last = untold.atMark;
}

void TakeRows::keepTakes(std::span<const int> takes) {
    std::vector<int> rows;
    std::vector<Untold> untold;
    for (const int take : takes) {
        const auto ofTake = rowsOf(take);
        rows.insert(rows.end(), ofTake.begin(), ofTake.end());
        untold.push_back(std::move(m_untold[static_cast<std::size_t>(take)]));
    }
    m_untold = std::move(untold);
    m_decoder->keepRows(rows);
    m_rows.resize(rows.size());
}

std::span<const int> TakeRows::rowsOf(int take) const {
    const std::size_t each = m_description.empty() ? 1 : 2;
    return std::span(m_rows).subspan(static_cast<std::size_t>(take) * each, each);
}

}  // namespace ricercar
