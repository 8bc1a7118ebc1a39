#include "core/generate/generate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/hash.h"
#include "core/edit/bars.h"
#include "core/generate/loop_guard.h"
#include "core/generate/sampler.h"

namespace ricercar {

namespace {

/// Of the context, so that the first new bars still see the whole seed.
constexpr double seedShare = 0.75;
constexpr std::size_t longestLstmSeed = 1024;  // tokens
/// A bar of more tokens than this is closed as soon as it can be.
constexpr int mostTokensInBar = 600;
/// In which a take from nothing begins.
constexpr std::array<Meter, 8> commonMeters = {{{2, 4}, {3, 4}, {4, 4}, {2, 2}, {3, 8}, {6, 8}, {9, 8}, {12, 8}}};

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

/// A model with a seed that its decoder has read.
class Prepared : public PreparedSeed {
public:
    Prepared(std::shared_ptr<const Model> model, const Song& seed)
        : m_model(std::move(model)), m_prefix(m_model->vocabulary().emptyPrefix()), m_guard(m_model->vocabulary()) {
        const Vocabulary& vocabulary = m_model->vocabulary();
        const NetworkConfig& network = m_model->config();
        const auto limit = network.architecture == Architecture::lstm
                               ? longestLstmSeed
                               : static_cast<std::size_t>(network.context * seedShare);
        const Song context = tail(vocabulary, vocabulary.quantised(seed), limit);
        m_bars = barCount(context);
        m_tempo = seed.tempi.empty() ? TempoChange{} : seed.tempi.back();
        m_tempo.tick = Tick{};
        m_meter = meterMap(seed).meterOfBar(std::max(0, barCount(seed) - 1));
        std::vector<Token> tokens = {startToken};
        if (m_bars > 0) {
            tokens = vocabulary.encode(context);
            tokens.pop_back();  // the piece goes on
        }
        Random unused(0);
        for (const Token token : tokens) {
            m_guard.push(*m_prefix, token, unused);
            m_prefix->push(token);
        }
        for (const DrawnNote& drawn : m_prefix->takeNotes()) {
            m_soundsUntil = std::max(m_soundsUntil, drawn.note.end());
        }
        m_prefix->keepSetting();
        if (m_bars > 0) {
            m_prefix->keepMeter(m_meter);
        }
        m_end = meterMap(m_prefix->song()).barStart(m_bars);
        m_hash = contentHash(std::as_bytes(std::span(tokens))).hex();
        m_decoder = m_model->decoder(1);
        const auto logits = m_decoder->prefill(tokens);
        m_logits.assign(logits.begin(), logits.end());
    }

    const Model& model() const { return *m_model; }
    const Prefix& prefix() const { return *m_prefix; }
    const LoopGuard& guard() const { return m_guard; }
    const Decoder& decoder() const { return *m_decoder; }
    /// After the last token of the seed, [vocabulary].
    std::span<const float> logits() const { return m_logits; }
    int bars() const { return m_bars; }
    /// The seed's last, exactly, which a token may only come near.
    TempoChange tempo() const { return m_tempo; }
    /// Of the seed's last bar, for which the vocabulary may have no token.
    Meter meter() const { return m_meter; }
    /// Where the first new bar begins.
    Tick end() const { return m_end; }
    Tick soundsUntil() const { return m_soundsUntil; }
    const std::string& hash() const { return m_hash; }

private:
    std::shared_ptr<const Model> m_model;
    std::unique_ptr<Prefix> m_prefix;
    LoopGuard m_guard;
    std::unique_ptr<Decoder> m_decoder;
    std::vector<float> m_logits;
    int m_bars = 0;
    TempoChange m_tempo;
    Meter m_meter;
    Tick m_end;
    Tick m_soundsUntil;
    std::string m_hash;
};

/// One take while it is drawn.
class Drawing {
public:
    Drawing(const Prepared& seed, const GenerateSettings& settings, int number)
        : m_seed(seed),
          m_settings(settings),
          m_number(number),
          m_prefix(seed.prefix().clone()),
          m_guard(seed.guard()),
          m_sampler(settings.topP),
          m_random(Random::forStream(settings.rng, static_cast<std::uint64_t>(number))),
          m_mask(static_cast<std::size_t>(seed.model().vocabulary().size())),
          m_barStart(seed.end()),
          m_soundsUntil(seed.soundsUntil()) {}

    int number() const { return m_number; }

    /// The next token, or nothing when it would begin a bar too many: then the take is whole.
    std::optional<Token> draw(std::span<const float> logits, const GenerateEvents& events);
    /// Ends the take after the first `bars` new bars.
    Take finish(int bars, const GenerateEvents& events);
    /// New bars that are complete.
    int wholeBars() const { return std::clamp(m_prefix->barsBegun() - m_seed.bars() - 1, 0, m_settings.bars); }

private:
    void fillMask(std::span<const float> logits);
    void beginInCommonMeter(std::span<const float> logits);
    /// Whether the seed's last bar is still open.
    bool inSeed() const { return m_prefix->barsBegun() <= m_seed.bars(); }
    /// Bars in a row without a sound, if the next token began so many bars.
    int silentBarsAfter(int begun) const;
    /// How many bars the next token may begin at most.
    int mostBars() const;
    /// Leaves only the tokens in the mask that begin so many bars as `fits` wants, unless that would leave none.
    template <typename Fits>
    void allowOnly(Fits fits);
    void tell(const std::vector<DrawnNote>& notes, const GenerateEvents& events);

    const Prepared& m_seed;
    const GenerateSettings& m_settings;
    int m_number;
    std::unique_ptr<Prefix> m_prefix;
    LoopGuard m_guard;
    Sampler m_sampler;
    Random m_random;
    std::vector<std::uint8_t> m_mask;
    int m_tokensInBar = 0;
    int m_silentBars = 0;       ///< in a row before the bar that is being drawn
    Tick m_barStart;            ///< of the bar that is being drawn
    Tick m_soundsUntil;         ///< of the notes that are whole
    std::vector<int> m_tracks;  ///< of the prefix, in the order in which they first play in the take
};

template <typename Fits>
void Drawing::allowOnly(Fits fits) {
    std::vector<std::uint8_t> left = m_mask;
    for (std::size_t token = 0; token < left.size(); ++token) {
        if (left[token] != 0 && !fits(m_prefix->barsBegunBy(static_cast<Token>(token)))) {
            left[token] = 0;
        }
    }
    if (std::any_of(left.begin(), left.end(), [](std::uint8_t allowed) { return allowed != 0; })) {
        m_mask = std::move(left);
    }
}

/// Pieces may have taught the model to begin with an upbeat, a bar of its own metre; as long as it holds a common metre
/// for likelier than not, a take begins in one.
void Drawing::beginInCommonMeter(std::span<const float> logits) {
    const float highest = *std::max_element(logits.begin(), logits.end());
    std::vector<std::size_t> rare;
    double rareWeight = 0;
    double commonWeight = 0;
    for (std::size_t token = 0; token < m_mask.size(); ++token) {
        const auto meter = m_seed.model().vocabulary().meter(static_cast<Token>(token));
        if (meter && m_mask[token] != 0) {
            const bool common = std::find(commonMeters.begin(), commonMeters.end(), *meter) != commonMeters.end();
            (common ? commonWeight : rareWeight) += std::exp(logits[token] - highest);
            if (!common) {
                rare.push_back(token);
            }
        }
    }
    if (commonWeight > rareWeight) {
        for (const std::size_t token : rare) {
            m_mask[token] = 0;
        }
    }
}

int Drawing::silentBarsAfter(int begun) const {
    if (!m_prefix->soundingNotes().empty()) {
        return 0;
    }
    return m_soundsUntil > m_barStart ? begun - 1 : m_silentBars + begun;
}

/// Two bars in a row may not be silent, nor may a whole take.
int Drawing::mostBars() const {
    const auto sounding = m_prefix->soundingNotes();
    const bool hasNote =
        !m_tracks.empty() || std::any_of(sounding.begin(), sounding.end(),
                                         [&](const DrawnNote& drawn) { return drawn.note.onset >= m_seed.end(); });
    const int left = m_seed.bars() + m_settings.bars - m_prefix->barsBegun();
    const int silent = silentBarsAfter(0);
    return std::min(hasNote ? std::numeric_limits<int>::max() : left,
                    sounding.empty() ? 1 - silent : std::numeric_limits<int>::max());
}

void Drawing::fillMask(std::span<const float> logits) {
    m_prefix->allowed(m_mask);
    m_mask[endToken] = 0;
    for (std::size_t token = 0; token < m_mask.size(); ++token) {
        if (m_seed.model().vocabulary().isCondition(static_cast<Token>(token))) {
            m_mask[token] = 0;
        }
    }
    if (m_prefix->barsBegun() == 0) {
        beginInCommonMeter(logits);
    }
    // The seed's last bar is over, whatever the model would still like to add to it; and no bar goes on for ever.
    if (inSeed() || m_tokensInBar > mostTokensInBar) {
        allowOnly([](int bars) { return bars > 0; });
    } else {
        allowOnly([most = mostBars()](int bars) { return bars <= most; });
    }
    m_guard.restrict(*m_prefix, m_mask);
}

std::optional<Token> Drawing::draw(std::span<const float> logits, const GenerateEvents& events) {
    fillMask(logits);
    const Token token = m_sampler.draw(logits, m_mask, m_guard.temperature(m_settings.temperature), m_random);
    const bool beginsBar = m_prefix->beginsBar(token);
    if (beginsBar && m_prefix->barsBegun() >= m_seed.bars() + m_settings.bars) {
        return std::nullopt;
    }
    m_tokensInBar = beginsBar ? 0 : m_tokensInBar + 1;
    if (beginsBar) {
        m_silentBars = inSeed() ? 0 : silentBarsAfter(m_prefix->barsBegunBy(token));
        m_barStart = m_prefix->lastLine();
    }
    m_guard.push(*m_prefix, token, m_random);
    m_prefix->push(token);
    if (const auto meter = m_seed.model().vocabulary().meter(token)) {
        m_prefix->keepMeter(*meter);
    }
    tell(m_prefix->takeNotes(), events);
    return token;
}

void Drawing::tell(const std::vector<DrawnNote>& notes, const GenerateEvents& events) {
    for (DrawnNote drawn : notes) {
        m_soundsUntil = std::max(m_soundsUntil, drawn.note.end());
        if (drawn.note.onset < m_seed.end()) {
            continue;  // the seed's
        }
        auto found = std::find(m_tracks.begin(), m_tracks.end(), drawn.track);
        if (found == m_tracks.end()) {
            found = m_tracks.insert(m_tracks.end(), drawn.track);
        }
        drawn.track = static_cast<int>(found - m_tracks.begin());
        drawn.note.onset = drawn.note.onset - (m_seed.end() - Tick{});
        if (events.note) {
            events.note(m_number, drawn);
        }
    }
}

Take Drawing::finish(int bars, const GenerateEvents& events) {
    tell(m_prefix->soundingNotes(), events);
    Song song = m_prefix->song();
    std::vector<std::shared_ptr<const Track>> tracks;
    for (const int index : m_tracks) {
        Track track = *song.tracks[static_cast<std::size_t>(index)];
        std::erase_if(track.notes, [&](const Note& note) { return note.onset < m_seed.end(); });
        tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    song.tracks = std::move(tracks);
    song = barsOf(song, m_seed.bars(), m_seed.bars() + bars - 1);
    std::erase_if(song.tracks, [](const auto& track) { return track->notes.empty(); });
    if (m_seed.bars() > 0) {
        song.tempi = {m_seed.tempo()};
    }
    Json recipe{{"model", m_seed.model().hash()},
                {"modelName", fieldOr<std::string>(m_seed.model().card(), "name", "").value_or("")},
                {"seed", m_seed.hash()},
                {"bars", bars},
                {"temperature", m_settings.temperature},
                {"topP", m_settings.topP},
                {"rng", m_settings.rng},
                {"take", m_number}};
    const Meter meter = meterMap(song).meterOfBar(0);
    if (m_seed.bars() > 0 && meter != m_seed.meter()) {
        recipe["remark"] =
            fmt::format("in {}, because the model cannot write bars of {}", meter.text(), m_seed.meter().text());
    }
    return {m_number, std::move(song), std::move(recipe)};
}

}  // namespace

Result<void> check(const GenerateSettings& settings) {
    if (settings.bars < 1 || settings.bars > 256) {
        return failure("bars is {}, outside 1 to 256", settings.bars);
    }
    if (settings.takes < 1 || settings.takes > 64) {
        return failure("takes is {}, outside 1 to 64", settings.takes);
    }
    if (!(settings.temperature >= 0.05 && settings.temperature <= 2)) {
        return failure("temperature is {}, outside 0.05 to 2", settings.temperature);
    }
    if (!(settings.topP > 0 && settings.topP <= 1)) {
        return failure("top-p is {}, not above 0 and at most 1", settings.topP);
    }
    return {};
}

Result<std::shared_ptr<const PreparedSeed>> PreparedSeed::prepare(std::shared_ptr<const Model> model,
                                                                  const Song& seed) {
    return std::make_shared<const Prepared>(std::move(model), seed);
}

Result<std::vector<Take>> generate(const PreparedSeed& preparedSeed, const GenerateSettings& settings,
                                   const GenerateEvents& events, const std::stop_token& stop) {
    if (const auto checked = check(settings); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto& seed = static_cast<const Prepared&>(preparedSeed);
    std::vector<Drawing> drawings;
    drawings.reserve(static_cast<std::size_t>(settings.takes));
    for (int number = 0; number < settings.takes; ++number) {
        drawings.emplace_back(seed, settings, number);
    }
    std::vector<Take> takes;
    const auto finish = [&](Drawing& drawing, int bars) {
        Take take = drawing.finish(bars, events);
        if (noteCount(take.song) == 0) {
            return;
        }
        takes.push_back(std::move(take));
        if (events.take) {
            events.take(takes.back());
        }
    };

    const auto decoder = seed.decoder().repeated(settings.takes);
    const auto vocabularySize = static_cast<std::size_t>(seed.model().vocabulary().size());
    std::span<const float> logits = seed.logits();
    bool first = true;  // all rows still have the seed's logits
    while (!drawings.empty() && !stop.stop_requested()) {
        std::vector<Token> tokens;
        std::vector<int> going;
        for (std::size_t row = 0; row < drawings.size(); ++row) {
            const auto rowLogits = first ? logits : logits.subspan(row * vocabularySize, vocabularySize);
            if (const auto token = drawings[row].draw(rowLogits, events)) {
                tokens.push_back(*token);
                going.push_back(static_cast<int>(row));
            } else {
                finish(drawings[row], settings.bars);
            }
        }
        first = false;
        if (going.size() < drawings.size()) {
            std::vector<Drawing> left;
            left.reserve(going.size());
            for (const int row : going) {
                left.push_back(std::move(drawings[static_cast<std::size_t>(row)]));
            }
            drawings = std::move(left);
            decoder->keepRows(going);
        }
        if (!drawings.empty()) {
            logits = decoder->step(tokens);
        }
    }
    for (Drawing& drawing : drawings) {
        if (drawing.wholeBars() > 0) {
            finish(drawing, drawing.wholeBars());
        }
    }
    std::sort(takes.begin(), takes.end(), [](const Take& a, const Take& b) { return a.number < b.number; });
    return takes;
}

}  // namespace ricercar
