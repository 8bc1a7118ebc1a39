#include "core/generate/read_seed.h"

#include <algorithm>

#include "core/analysis/key_finding.h"
#include "core/base/hash.h"
#include "core/edit/bars.h"

namespace ricercar {

namespace {

/// Of the context, so that the first new bars still see the whole seed.
constexpr double seedShare = 0.75;
constexpr std::size_t longestLstmSeed = 1024;  // tokens

/// The last bars of `song`, which is on the vocabulary's grid, that fit into `limit` tokens, at least one.
Song tail(const Vocabulary& vocabulary, Song song, std::size_t limit) {
    int bars = barCount(song);
    while (bars > 1 && vocabulary.encode(song).size() > limit) {
        const int kept = std::max(1, bars * 3 / 4);
        song = barsOf(song, bars - kept, bars - 1);
        bars = kept;
    }
    return song;
}

std::vector<TokenKind> kindsOf(const Vocabulary& vocabulary) {
    std::vector<TokenKind> kinds;
    kinds.reserve(static_cast<std::size_t>(vocabulary.size()));
    for (int token = 0; token < vocabulary.size(); ++token) {
        kinds.push_back(vocabulary.kind(static_cast<Token>(token)));
    }
    return kinds;
}

}  // namespace

ReadSeed::ReadSeed(std::shared_ptr<const Model> model)
    : m_model(std::move(model)), m_kinds(kindsOf(m_model->vocabulary())), m_guard(m_model->vocabulary()) {}

void ReadSeed::readTail(const Song& seed) {
    const Song context = tail(vocabulary(), vocabulary().quantised(seed), mostTokens());
    m_bars = barCount(context);
    m_tempo = seed.tempi.empty() ? TempoChange{} : seed.tempi.back();
    m_tempo.tick = Tick{};
    m_meter = meterMap(seed).meterOfBar(std::max(0, barCount(seed) - 1));
    std::vector<Token> tokens = {startToken};
    if (m_bars > 0) {
        tokens = vocabulary().encode(context);
        tokens.pop_back();  // the piece goes on
    }
    m_prefix = vocabulary().emptyPrefix();
    for (const Token token : tokens) {
        m_guard.push(*m_prefix, token);
        m_prefix->push(token);
    }
    for (const DrawnNote& drawn : m_prefix->takeNotes()) {
        m_soundsUntil = std::max(m_soundsUntil, drawn.note.end());
    }
    m_prefix->keepSetting();
    if (m_bars > 0) {
        m_prefix->keepMeter(m_meter);
    }
    read(seed, tokens);
}

Result<void> ReadSeed::readForFill(const Song& seed, const FillIn& fill) {
    auto script = vocabulary().fill(seed, fill, mostTokens());
    if (!script) {
        return tl::make_unexpected(script.error());
    }
    m_fill = fill;
    m_stays = staying(seed, fill);
    m_prefix = script->prefix->clone();
    m_prefix->takeNotes();
    m_bars = m_prefix->barsBegun();
    m_script = std::move(script->bars);
    read(seed, script->opening);
    return {};
}

std::size_t ReadSeed::mostTokens() const {
    const NetworkConfig& network = m_model->config();
    return network.architecture == Architecture::lstm ? longestLstmSeed
                                                      : static_cast<std::size_t>(network.context * seedShare);
}

void ReadSeed::read(const Song& seed, std::span<const Token> tokens) {
    if (const auto estimate = findKey(seed)) {
        m_key = estimate->key;
    }
    m_end = meterMap(m_prefix->song()).barStart(m_bars);
    m_hash = contentHash(std::as_bytes(tokens)).hex();
    m_decoder = m_model->decoder(1);
    const auto logits = m_decoder->prefill(tokens);
    m_logits.assign(logits.begin(), logits.end());
}

Result<std::shared_ptr<const PreparedSeed>> PreparedSeed::prepare(std::shared_ptr<const Model> model, const Song& seed,
                                                                  const std::optional<FillIn>& fill) {
    auto prepared = std::make_shared<ReadSeed>(std::move(model));
    if (!fill) {
        prepared->readTail(seed);
    } else if (const auto read = prepared->readForFill(seed, *fill); !read) {
        return tl::make_unexpected(read.error());
    }
    return prepared;
}

}  // namespace ricercar
