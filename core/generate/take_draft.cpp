#include "core/generate/take_draft.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/edit/bars.h"
#include "core/edit/resolution.h"

namespace ricercar {

namespace {

/// A bar of more tokens than this is closed as soon as it can be.
constexpr int mostTokensInBar = 600;
/// In which a take from nothing begins.
constexpr std::array<Meter, 8> commonMeters = {{{2, 4}, {3, 4}, {4, 4}, {2, 2}, {3, 8}, {6, 8}, {9, 8}, {12, 8}}};

/// Leaves only the tokens in `mask` that begin so many bars as `fits` wants, unless that would leave none.
template <typename Fits>
void allowOnly(const Prefix& prefix, std::span<std::uint8_t> mask, Fits fits) {
    std::vector<std::uint8_t> left(mask.begin(), mask.end());
    for (std::size_t token = 0; token < left.size(); ++token) {
        if (left[token] != 0 && !fits(prefix.barsBegunBy(static_cast<Token>(token)))) {
            left[token] = 0;
        }
    }
    if (std::any_of(left.begin(), left.end(), [](std::uint8_t allowed) { return allowed != 0; })) {
        std::copy(left.begin(), left.end(), mask.begin());
    }
}

/// Pieces may have taught the model to begin with an upbeat, a bar of its own metre; as long as it holds a common metre
/// for likelier than not, a take begins in one.
void beginInCommonMeter(const Vocabulary& vocabulary, std::span<const float> logits, std::span<std::uint8_t> mask) {
    const float highest = *std::max_element(logits.begin(), logits.end());
    std::vector<std::size_t> rare;
    double rareWeight = 0;
    double commonWeight = 0;
    for (std::size_t token = 0; token < mask.size(); ++token) {
        const auto meter = vocabulary.meter(static_cast<Token>(token));
        if (meter && mask[token] != 0) {
            const bool common = std::find(commonMeters.begin(), commonMeters.end(), *meter) != commonMeters.end();
            (common ? commonWeight : rareWeight) += std::exp(logits[token] - highest);
            if (!common) {
                rare.push_back(token);
            }
        }
    }
    if (commonWeight > rareWeight) {
        for (const std::size_t token : rare) {
            mask[token] = 0;
        }
    }
}

/// `stays` with the tracks of `written`, which has the same bars on the grid.
Song withStays(const Song& stays, const Song& written) {
    Song song = stays;
    for (const auto& track : withResolution(written, stays.ticksPerQuarter).tracks) {
        song.tracks.push_back(track);
    }
    return song;
}

}  // namespace

TakeDraft::TakeDraft(const ReadSeed& seed, int bars, const PitchSet& pitches, std::span<const Token> description)
    : m_seed(&seed),
      m_bars(bars),
      m_description(description),
      m_prefix(seed.prefix().clone()),
      m_guard(seed.guard()),
      m_barStart(seed.end()),
      m_soundsUntil(seed.soundsUntil()) {
    m_prefix->keepPitches(pitches);
    if (seed.fills()) {
        giveBarOfScript();
    }
}

TakeDraft TakeDraft::copy() const {
    TakeDraft copy = *this;
    copy.m_prefix = m_prefix->clone();
    return copy;
}

std::optional<Token> TakeDraft::readGiven() {
    if (barsBegun() > m_describedBars && !m_description.empty() && m_prefix->allows(m_description.front())) {
        ++m_describedBars;
        give(m_description);
    }
    if (m_given.empty()) {
        return std::nullopt;
    }
    const Token token = m_given.back();
    m_given.pop_back();
    if (m_prefix->beginsBar(token)) {
        m_tokensInBar = 0;
    }
    m_prefix->push(token);
    m_prefix->takeNotes();  // are there already
    return token;
}

void TakeDraft::giveBarOfScript() { give(m_seed->script()[static_cast<std::size_t>(barsBegun())]); }

void TakeDraft::allowed(std::span<const float> logits, std::span<std::uint8_t> mask) const {
    m_prefix->allowed(mask);
    mask[endToken] = 0;
    for (std::size_t token = 0; token < mask.size(); ++token) {
        if (m_seed->vocabulary().isCondition(static_cast<Token>(token))) {
            mask[token] = 0;
        }
    }
    if (m_prefix->barsBegun() == 0) {
        beginInCommonMeter(m_seed->vocabulary(), logits, mask);
    }
    // The seed's last bar is over, whatever the model would still like to add to it; and no bar goes on for ever.
    if (inSeed() || m_tokensInBar > mostTokensInBar) {
        allowOnly(*m_prefix, mask, [](int bars) { return bars > 0; });
    } else {
        allowOnly(*m_prefix, mask, [most = mostBars()](int bars) { return bars <= most; });
    }
    if (!m_seed->fills()) {
        m_guard.restrict(*m_prefix, mask);
    }
}

int TakeDraft::silentBarsAfter(int begun) const {
    if (!m_prefix->soundingNotes().empty()) {
        return 0;
    }
    return m_soundsUntil > m_barStart ? begun - 1 : m_silentBars + begun;
}

/// Two bars in a row may not be silent, unless others play there, nor may a whole take.
int TakeDraft::mostBars() const {
    const auto sounding = m_prefix->soundingNotes();
    const bool hasNote =
        !m_tracks.empty() || std::any_of(sounding.begin(), sounding.end(),
                                         [&](const DrawnNote& drawn) { return drawn.note.onset >= m_seed->end(); });
    return std::min(hasNote ? std::numeric_limits<int>::max() : m_bars - barsBegun(),
                    sounding.empty() && !m_seed->fills() ? 1 - silentBarsAfter(0) : std::numeric_limits<int>::max());
}

std::vector<DrawnNote> TakeDraft::push(Token token) {
    const bool beginsBar = m_prefix->beginsBar(token);
    m_tokensInBar = beginsBar ? 0 : m_tokensInBar + 1;
    if (beginsBar) {
        m_silentBars = inSeed() ? 0 : silentBarsAfter(m_prefix->barsBegunBy(token));
        m_barStart = m_prefix->lastLine();
    }
    m_guard.push(*m_prefix, token);
    if (!beginsBar) {
        m_recall.push(m_guard, m_seed->kinds(), token);
    }
    m_prefix->push(token);
    if (const auto meter = m_seed->vocabulary().meter(token)) {
        m_prefix->keepMeter(*meter);
    }
    return ofTake(m_prefix->takeNotes());
}

std::vector<DrawnNote> TakeDraft::cutNotes() { return ofTake(m_prefix->soundingNotes()); }

std::vector<DrawnNote> TakeDraft::ofTake(const std::vector<DrawnNote>& notes) {
    std::vector<DrawnNote> taken;
    for (DrawnNote drawn : notes) {
        m_soundsUntil = std::max(m_soundsUntil, drawn.note.end());
        if (drawn.note.onset < m_seed->end()) {
            continue;  // the seed's
        }
        auto found = std::find(m_tracks.begin(), m_tracks.end(), drawn.track);
        if (found == m_tracks.end()) {
            found = m_tracks.insert(m_tracks.end(), drawn.track);
        }
        drawn.track = static_cast<int>(m_seed->stays().tracks.size()) + static_cast<int>(found - m_tracks.begin());
        drawn.note.onset = drawn.note.onset - (m_seed->end() - Tick{});
        taken.push_back(drawn);
    }
    return taken;
}

Song TakeDraft::song(int bars) const {
    Song song = m_prefix->song();
    std::vector<std::shared_ptr<const Track>> tracks;
    for (const int index : m_tracks) {
        Track track = *song.tracks[static_cast<std::size_t>(index)];
        std::erase_if(track.notes, [&](const Note& note) { return note.onset < m_seed->end(); });
        tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    song.tracks = std::move(tracks);
    song = barsOf(song, m_seed->bars(), m_seed->bars() + bars - 1);
    std::erase_if(song.tracks, [](const auto& track) { return track->notes.empty(); });
    if (m_seed->fills()) {
        return withStays(m_seed->stays(), song);
    }
    if (m_seed->bars() > 0) {
        song.tempi = {m_seed->tempo()};
    }
    return song;
}

}  // namespace ricercar
