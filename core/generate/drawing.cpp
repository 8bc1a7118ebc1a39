#include "core/generate/drawing.h"

#include <algorithm>

#include "core/analysis/cadence.h"
#include "core/analysis/key_finding.h"
#include "core/generate/calibration.h"
#include "core/generate/recipe.h"

namespace ricercar {

namespace {

/// Of an ending: its length, how many are drawn at most to choose from, and the `cadence` that ends the search. Real
/// pieces end with 0.86 on average; cut in their middle they have 0.31.
constexpr int endingBars = 2;
constexpr int mostEndings = 12;
constexpr double goodCadence = 0.85;

}  // namespace

Drawing::Drawing(const ReadSeed& seed, const GenerateSettings& settings, const PitchSet& pitches,
                 std::span<const Token> description, int number)
    : m_seed(seed),
      m_settings(settings),
      m_number(number),
      m_draft(seed, settings.bars, pitches, description),
      m_sampler(seed.kinds()),
      m_random(Random::forStream(settings.rng, static_cast<std::uint64_t>(number))),
      m_mask(static_cast<std::size_t>(seed.vocabulary().size())) {}

Sampling Drawing::sampling() const {
    Sampling sampling = samplingAt(m_draft.guard().temperature(m_settings.temperature));
    sampling.minP = m_settings.minP.value_or(sampling.minP);
    sampling.topP = m_settings.topP.value_or(sampling.topP);
    return sampling;
}

bool Drawing::inEnding() const {
    return m_settings.ending && !m_seed.fills() && m_draft.barsBegun() > std::max(0, m_settings.bars - endingBars);
}

std::optional<Token> Drawing::draw(std::span<const float> logits, TakeRows& rows, int row,
                                   const GenerateEvents& events) {
    if (const auto given = m_draft.readGiven()) {
        return given;
    }
    m_draft.allowed(logits, m_mask);
    m_logits.assign(logits.begin(), logits.end());
    m_draft.recall().favour(m_draft.guard(), m_mask, m_logits);
    const Token token = m_sampler.draw(m_logits, m_mask, sampling(), m_random);
    if (!m_draft.prefix().beginsBar(token)) {
        push(token);
        if (m_seed.fills() || (!inEnding() && !m_draft.guard().mayBeCopy())) {
            tellHeld(events);
        }
        return token;
    }
    const bool copy = m_line && !m_seed.fills() && m_draft.guard().isCopy();
    if (copy && !inEnding()) {
        m_line->draft.guard().tryAgain(m_random);
        m_line->draft.recall().forget();
        return goBack(rows, row);
    }
    m_ending.repeats = m_ending.repeats || copy;
    if (m_draft.barsBegun() >= m_settings.bars) {
        if (inEnding()) {
            judgeEnding();
            if (m_ending.drawn < mostEndings && m_ending.bestCadence < goodCadence) {
                return goBack(rows, row);
            }
            takeBestEnding();
        }
        return std::nullopt;
    }
    if (m_seed.fills()) {  // a bar of the seed begins as it does there
        tellHeld(events);
        m_draft.giveBarOfScript();
        return m_draft.readGiven();
    }
    const bool wasInEnding = inEnding();
    if (!wasInEnding) {
        tellHeld(events);
    }
    push(token);
    m_draft.recall().choose(m_draft.guard(), m_random);
    if (!wasInEnding) {
        rows.mark(row);
        m_line = {m_draft.copy(), token};
    }
    return token;
}

void Drawing::push(Token token) { hold(m_draft.push(token)); }

Token Drawing::goBack(TakeRows& rows, int row) {
    rows.rewind(row);
    m_draft = m_line->draft.copy();
    m_held.clear();
    m_ending.repeats = false;
    return m_line->token;
}

void Drawing::judgeEnding() {
    const Song song = m_draft.prefix().song();
    const auto estimate = findKey(song);
    const Key key = m_settings.key ? *m_settings.key : estimate ? estimate->key : Key{};
    const double judged = cadence(song, key) - (m_ending.repeats ? 1 : 0);
    if (!m_ending.best || judged > m_ending.bestCadence) {
        m_ending.bestCadence = judged;
        m_ending.best = m_draft.copy();
        m_ending.bestNotes = m_held;
    }
    ++m_ending.drawn;
}

bool Drawing::takeBestEnding() {
    if (!m_ending.best) {
        return false;
    }
    m_draft = std::move(*m_ending.best);
    m_held = std::move(m_ending.bestNotes);
    return true;
}

int Drawing::wholeBars() {
    return takeBestEnding() ? m_settings.bars : std::clamp(m_draft.barsBegun() - 1, 0, m_settings.bars);
}

void Drawing::hold(const std::vector<DrawnNote>& notes) { m_held.insert(m_held.end(), notes.begin(), notes.end()); }

void Drawing::tellHeld(const GenerateEvents& events) {
    for (const DrawnNote& drawn : m_held) {
        if (events.note) {
            events.note(m_number, drawn);
        }
    }
    m_held.clear();
}

Take Drawing::finish(int bars, const GenerateEvents& events) {
    hold(m_draft.cutNotes());
    tellHeld(events);
    Song song = m_draft.song(bars);
    Json recipe = recipeOf(m_seed, m_settings, m_number, bars, song);
    return {m_number, std::move(song), std::move(recipe)};
}

}  // namespace ricercar
