#include "core/generate/generate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include <fmt/ranges.h>

#include "core/analysis/cadence.h"
#include "core/analysis/key_finding.h"
#include "core/base/hash.h"
#include "core/edit/bars.h"
#include "core/edit/resolution.h"
#include "core/generate/calibration.h"
#include "core/generate/loop_guard.h"
#include "core/generate/sampler.h"
#include "core/music/names.h"

namespace ricercar {

namespace {

/// Of the context, so that the first new bars still see the whole seed.
constexpr double seedShare = 0.75;
constexpr std::size_t longestLstmSeed = 1024;  // tokens
/// A bar of more tokens than this is closed as soon as it can be.
constexpr int mostTokensInBar = 600;
/// Of an ending: its length, how many are drawn at most to choose from, and the `cadence` that ends the search. Real
/// pieces end with 0.86 on average; cut in their middle they have 0.31.
constexpr int endingBars = 2;
constexpr int mostEndings = 12;
constexpr double goodCadence = 0.85;
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

/// Those of the key between two others, or an error when there are none.
Result<PitchSet> pitchesOf(const std::optional<Key>& key, int lowest, int highest) {
    PitchSet pitches;
    for (int pitch = lowest; pitch <= highest; ++pitch) {
        const bool raisedSeventh = key && key->mode == Mode::minor && pitch % 12 == (key->tonic + 11) % 12;
        pitches.set(static_cast<std::size_t>(pitch), !key || key->contains(pitch % 12) || raisedSeventh);
    }
    if (pitches.none()) {
        return failure("key {} has no note from {} to {}", key->text(), pitchName(Pitch::clamped(lowest)),
                       pitchName(Pitch::clamped(highest)));
    }
    return pitches;
}

std::vector<TokenKind> kindsOf(const Vocabulary& vocabulary) {
    std::vector<TokenKind> kinds;
    for (int token = 0; token < vocabulary.size(); ++token) {
        kinds.push_back(vocabulary.kind(static_cast<Token>(token)));
    }
    return kinds;
}

/// `stays` with the tracks of `written`, which has the same bars on the grid.
Song withStays(const Song& stays, const Song& written) {
    Song song = stays;
    for (const auto& track : withResolution(written, stays.ticksPerQuarter).tracks) {
        song.tracks.push_back(track);
    }
    return song;
}

/// A model with a seed that its decoder has read.
class Prepared : public PreparedSeed {
public:
    explicit Prepared(std::shared_ptr<const Model> model)
        : m_model(std::move(model)), m_kinds(kindsOf(m_model->vocabulary())), m_guard(m_model->vocabulary()) {}

    /// To go on from the last bars of `seed`.
    void readTail(const Song& seed) {
        const Vocabulary& vocabulary = m_model->vocabulary();
        const Song context = tail(vocabulary, vocabulary.quantised(seed), mostTokens());
        m_bars = barCount(context);
        m_tempo = seed.tempi.empty() ? TempoChange{} : seed.tempi.back();
        m_tempo.tick = Tick{};
        m_meter = meterMap(seed).meterOfBar(std::max(0, barCount(seed) - 1));
        std::vector<Token> tokens = {startToken};
        if (m_bars > 0) {
            tokens = vocabulary.encode(context);
            tokens.pop_back();  // the piece goes on
        }
        m_prefix = vocabulary.emptyPrefix();
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

    /// To write `fill` into `seed`.
    Result<void> readForFill(const Song& seed, const FillIn& fill) {
        auto script = m_model->vocabulary().fill(seed, fill, mostTokens());
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

    const Model& model() const { return *m_model; }
    /// By token.
    std::span<const TokenKind> kinds() const { return m_kinds; }
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
    /// That the seed is in, if it has pitches.
    const std::optional<Key>& key() const { return m_key; }
    /// Where the first new bar begins.
    Tick end() const { return m_end; }
    Tick soundsUntil() const { return m_soundsUntil; }
    const std::string& hash() const { return m_hash; }

    const std::optional<FillIn>& fill() const { return m_fill; }
    /// What is given in each bar that is filled in; empty where takes go on from the seed.
    std::span<const std::vector<Token>> script() const { return m_script; }
    /// The bars that are filled in, without what is to be written.
    const Song& stays() const { return m_stays; }

private:
    std::size_t mostTokens() const {
        const NetworkConfig& network = m_model->config();
        return network.architecture == Architecture::lstm ? longestLstmSeed
                                                          : static_cast<std::size_t>(network.context * seedShare);
    }

    /// `tokens` are those that the prefix has read.
    void read(const Song& seed, std::span<const Token> tokens) {
        if (const auto estimate = findKey(seed)) {
            m_key = estimate->key;
        }
        m_end = meterMap(m_prefix->song()).barStart(m_bars);
        m_hash = contentHash(std::as_bytes(tokens)).hex();
        m_decoder = m_model->decoder(1);
        const auto logits = m_decoder->prefill(tokens);
        m_logits.assign(logits.begin(), logits.end());
    }

    std::shared_ptr<const Model> m_model;
    std::vector<TokenKind> m_kinds;
    std::unique_ptr<Prefix> m_prefix;
    LoopGuard m_guard;
    std::unique_ptr<Decoder> m_decoder;
    std::vector<float> m_logits;
    int m_bars = 0;
    TempoChange m_tempo;
    Meter m_meter;
    std::optional<Key> m_key;
    Tick m_end;
    Tick m_soundsUntil;
    std::string m_hash;
    std::optional<FillIn> m_fill;
    std::vector<std::vector<Token>> m_script;
    Song m_stays;
};

/// What is said of each new bar. Errors: a style that the model does not know.
Result<std::vector<Token>> descriptionTokens(const Model& model, const GenerateSettings& settings,
                                             const std::optional<Key>& key) {
    const bool asked = settings.density || settings.polyphony || !settings.style.empty();
    if (asked && model.vocabulary().descriptionTokens({{}, {}, 0, {}}).empty()) {
        return failure("this model knows no style, density or polyphony: it was trained with the vocabulary \"{}\"",
                       model.vocabulary().name());
    }
    Description description{std::nullopt, key, settings.density, settings.polyphony};
    if (!settings.style.empty()) {
        const auto styles = stylesOf(model);
        const auto found = std::find(styles.begin(), styles.end(), settings.style);
        if (found == styles.end()) {
            return failure("the model knows no style \"{}\"{}", settings.style,
                           styles.empty() ? std::string() : fmt::format("; choose one of {}", fmt::join(styles, ", ")));
        }
        description.style = static_cast<int>(found - styles.begin());
    }
    return model.vocabulary().descriptionTokens(description);
}

/// A take up to some token.
struct Music {
    std::unique_ptr<Prefix> prefix;
    LoopGuard guard;
    Tick barStart;             ///< of the bar that is being drawn
    Tick soundsUntil;          ///< of the notes that are whole
    int tokensInBar = 0;       ///< in the bar that is being drawn
    int silentBars = 0;        ///< in a row before it
    std::vector<int> tracks;   ///< of the prefix, in the order in which they first play in the take
    std::vector<Token> given;  ///< to be read before anything is drawn, the last first
    int describedBars = 0;

    Music copy() const {
        return {prefix->clone(), guard, barStart, soundsUntil, tokensInBar, silentBars, tracks, given, describedBars};
    }
};

/// One take while it is drawn. It has a row of the decoder, whose mark is the line that it may go back to.
class Drawing {
public:
    Drawing(const Prepared& seed, const GenerateSettings& settings, const std::optional<Key>& key,
            const PitchSet& pitches, std::vector<Token> description, int number)
        : m_seed(seed),
          m_settings(settings),
          m_key(key),
          m_number(number),
          m_description(std::move(description)),
          m_now({seed.prefix().clone(), seed.guard(), seed.end(), seed.soundsUntil(), 0, 0, {}, {}, 0}),
          m_sampler(seed.kinds()),
          m_random(Random::forStream(settings.rng, static_cast<std::uint64_t>(number))),
          m_mask(static_cast<std::size_t>(seed.model().vocabulary().size())) {
        m_now.prefix->keepPitches(pitches);
        give(seed.script().empty() ? std::span<const Token>() : seed.script().front());
    }

    int number() const { return m_number; }

    /// The next token for `row`, or nothing when it would begin a bar too many: then the take is whole.
    std::optional<Token> draw(std::span<const float> logits, Decoder& decoder, int row, const GenerateEvents& events);
    /// Ends the take after the first `bars` new bars.
    Take finish(int bars, const GenerateEvents& events);
    /// New bars that are complete.
    int wholeBars();

private:
    /// The first token of a bar and the take with it.
    struct Line {
        Music music;
        Token token;
    };
    struct Ending {
        int drawn = 0;
        bool repeats = false;  ///< the one being drawn has a bar that the guard would take back
        double bestCadence = 0;
        std::optional<Music> best;
        std::vector<DrawnNote> bestNotes;
    };

    /// Puts `tokens` before everything else that is to be read.
    void give(std::span<const Token> tokens) { m_now.given.insert(m_now.given.end(), tokens.rbegin(), tokens.rend()); }
    /// The next token that is not drawn, if there is one.
    std::optional<Token> takeGiven();
    bool fills() const { return !m_seed.script().empty(); }
    void fillMask(std::span<const float> logits);
    void beginInCommonMeter(std::span<const float> logits);
    Sampling sampling() const;
    /// Whether the seed's last bar is still open.
    bool inSeed() const { return m_now.prefix->barsBegun() <= m_seed.bars(); }
    /// Whether the bar being drawn belongs to an ending, of which several are drawn.
    bool inEnding() const {
        return m_settings.ending && !fills() &&
               m_now.prefix->barsBegun() > m_seed.bars() + m_settings.bars - endingBars && !inSeed();
    }
    /// Bars in a row without a sound, if the next token began so many bars.
    int silentBarsAfter(int begun) const;
    /// How many bars the next token may begin at most.
    int mostBars() const;
    /// Leaves only the tokens in the mask that begin so many bars as `fits` wants, unless that would leave none.
    template <typename Fits>
    void allowOnly(Fits fits);
    void push(Token token);
    void pushGiven(Token token);
    /// Takes back what was drawn since the line; returns the line's token.
    Token goBack(Decoder& decoder, int row);
    /// Keeps the ending that was drawn if it is the best so far.
    void judgeEnding();
    bool takeBestEnding();
    /// Holds the notes of the take back while they may be taken back.
    void hold(const std::vector<DrawnNote>& notes);
    void tellHeld(const GenerateEvents& events);

    const Prepared& m_seed;
    const GenerateSettings& m_settings;
    std::optional<Key> m_key;  ///< that was asked for
    int m_number;
    std::vector<Token> m_description;  ///< of each new bar
    Music m_now;
    std::optional<Line> m_line;  ///< where the bar being drawn, or the ending, began
    Ending m_ending;
    std::vector<DrawnNote> m_held;  ///< since the line
    Sampler m_sampler;
    Random m_random;
    std::vector<std::uint8_t> m_mask;
};

template <typename Fits>
void Drawing::allowOnly(Fits fits) {
    std::vector<std::uint8_t> left = m_mask;
    for (std::size_t token = 0; token < left.size(); ++token) {
        if (left[token] != 0 && !fits(m_now.prefix->barsBegunBy(static_cast<Token>(token)))) {
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
    if (!m_now.prefix->soundingNotes().empty()) {
        return 0;
    }
    return m_now.soundsUntil > m_now.barStart ? begun - 1 : m_now.silentBars + begun;
}

/// Two bars in a row may not be silent, unless others play there, nor may a whole take.
int Drawing::mostBars() const {
    const auto sounding = m_now.prefix->soundingNotes();
    const bool hasNote =
        !m_now.tracks.empty() || std::any_of(sounding.begin(), sounding.end(),
                                             [&](const DrawnNote& drawn) { return drawn.note.onset >= m_seed.end(); });
    const int left = m_seed.bars() + m_settings.bars - m_now.prefix->barsBegun();
    const int silent = silentBarsAfter(0);
    return std::min(hasNote ? std::numeric_limits<int>::max() : left,
                    sounding.empty() && !fills() ? 1 - silent : std::numeric_limits<int>::max());
}

void Drawing::fillMask(std::span<const float> logits) {
    m_now.prefix->allowed(m_mask);
    m_mask[endToken] = 0;
    for (std::size_t token = 0; token < m_mask.size(); ++token) {
        if (m_seed.model().vocabulary().isCondition(static_cast<Token>(token))) {
            m_mask[token] = 0;
        }
    }
    if (m_now.prefix->barsBegun() == 0) {
        beginInCommonMeter(logits);
    }
    // The seed's last bar is over, whatever the model would still like to add to it; and no bar goes on for ever.
    if (inSeed() || m_now.tokensInBar > mostTokensInBar) {
        allowOnly([](int bars) { return bars > 0; });
    } else {
        allowOnly([most = mostBars()](int bars) { return bars <= most; });
    }
    if (!fills()) {
        m_now.guard.restrict(*m_now.prefix, m_mask);
    }
}

std::optional<Token> Drawing::takeGiven() {
    const bool newBar = m_now.prefix->barsBegun() - m_seed.bars() > m_now.describedBars;
    if (newBar && !m_description.empty() && m_now.prefix->allows(m_description.front())) {
        ++m_now.describedBars;
        give(m_description);
    }
    if (m_now.given.empty()) {
        return std::nullopt;
    }
    const Token token = m_now.given.back();
    m_now.given.pop_back();
    return token;
}

Sampling Drawing::sampling() const {
    Sampling sampling = samplingAt(m_now.guard.temperature(m_settings.temperature));
    sampling.minP = m_settings.minP.value_or(sampling.minP);
    sampling.topP = m_settings.topP.value_or(sampling.topP);
    return sampling;
}

std::optional<Token> Drawing::draw(std::span<const float> logits, Decoder& decoder, int row,
                                   const GenerateEvents& events) {
    if (const auto given = takeGiven()) {
        pushGiven(*given);
        return given;
    }
    fillMask(logits);
    Token token = m_sampler.draw(logits, m_mask, sampling(), m_random);
    if (!m_now.prefix->beginsBar(token)) {
        push(token);
        if (fills() || (!inEnding() && !m_now.guard.mayBeCopy())) {
            tellHeld(events);
        }
        return token;
    }
    const bool copy = m_line && !fills() && m_now.guard.isCopy();
    if (copy && !inEnding()) {
        m_line->music.guard.tryAgain(m_random);
        return goBack(decoder, row);
    }
    m_ending.repeats = m_ending.repeats || copy;
    if (m_now.prefix->barsBegun() >= m_seed.bars() + m_settings.bars) {
        if (inEnding()) {
            judgeEnding();
            if (m_ending.drawn < mostEndings && m_ending.bestCadence < goodCadence) {
                return goBack(decoder, row);
            }
            takeBestEnding();
        }
        return std::nullopt;
    }
    if (fills()) {  // a bar of the seed begins as it does there
        tellHeld(events);
        give(m_seed.script()[static_cast<std::size_t>(m_now.prefix->barsBegun() - m_seed.bars())]);
        token = *takeGiven();
        pushGiven(token);
        return token;
    }
    const bool wasInEnding = inEnding();
    if (!wasInEnding) {
        tellHeld(events);
    }
    push(token);
    if (!wasInEnding) {
        decoder.mark(row);
        m_line = {m_now.copy(), token};
    }
    return token;
}

void Drawing::push(Token token) {
    Music& now = m_now;
    const bool beginsBar = now.prefix->beginsBar(token);
    now.tokensInBar = beginsBar ? 0 : now.tokensInBar + 1;
    if (beginsBar) {
        now.silentBars = inSeed() ? 0 : silentBarsAfter(now.prefix->barsBegunBy(token));
        now.barStart = now.prefix->lastLine();
    }
    now.guard.push(*now.prefix, token);
    now.prefix->push(token);
    if (const auto meter = m_seed.model().vocabulary().meter(token)) {
        now.prefix->keepMeter(*meter);
    }
    hold(now.prefix->takeNotes());
}

void Drawing::pushGiven(Token token) {
    if (m_now.prefix->beginsBar(token)) {
        m_now.tokensInBar = 0;
    }
    m_now.prefix->push(token);
    m_now.prefix->takeNotes();  // are there already
}

Token Drawing::goBack(Decoder& decoder, int row) {
    decoder.rewind(row);
    m_now = m_line->music.copy();
    m_held.clear();
    m_ending.repeats = false;
    return m_line->token;
}

void Drawing::judgeEnding() {
    const Song song = m_now.prefix->song();
    const auto estimate = findKey(song);
    const Key key = m_key ? *m_key : estimate ? estimate->key : Key{};
    const double judged = cadence(song, key) - (m_ending.repeats ? 1 : 0);
    if (!m_ending.best || judged > m_ending.bestCadence) {
        m_ending.bestCadence = judged;
        m_ending.best = m_now.copy();
        m_ending.bestNotes = m_held;
    }
    ++m_ending.drawn;
}

bool Drawing::takeBestEnding() {
    if (!m_ending.best) {
        return false;
    }
    m_now = std::move(*m_ending.best);
    m_held = std::move(m_ending.bestNotes);
    return true;
}

int Drawing::wholeBars() {
    return takeBestEnding() ? m_settings.bars
                            : std::clamp(m_now.prefix->barsBegun() - m_seed.bars() - 1, 0, m_settings.bars);
}

void Drawing::hold(const std::vector<DrawnNote>& notes) {
    for (DrawnNote drawn : notes) {
        m_now.soundsUntil = std::max(m_now.soundsUntil, drawn.note.end());
        if (drawn.note.onset < m_seed.end()) {
            continue;  // the seed's
        }
        std::vector<int>& tracks = m_now.tracks;
        auto found = std::find(tracks.begin(), tracks.end(), drawn.track);
        if (found == tracks.end()) {
            found = tracks.insert(tracks.end(), drawn.track);
        }
        drawn.track = static_cast<int>(m_seed.stays().tracks.size()) + static_cast<int>(found - tracks.begin());
        drawn.note.onset = drawn.note.onset - (m_seed.end() - Tick{});
        m_held.push_back(drawn);
    }
}

void Drawing::tellHeld(const GenerateEvents& events) {
    for (const DrawnNote& drawn : m_held) {
        if (events.note) {
            events.note(m_number, drawn);
        }
    }
    m_held.clear();
}

Take Drawing::finish(int bars, const GenerateEvents& events) {
    hold(m_now.prefix->soundingNotes());
    tellHeld(events);
    Song song = m_now.prefix->song();
    std::vector<std::shared_ptr<const Track>> tracks;
    for (const int index : m_now.tracks) {
        Track track = *song.tracks[static_cast<std::size_t>(index)];
        std::erase_if(track.notes, [&](const Note& note) { return note.onset < m_seed.end(); });
        tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    song.tracks = std::move(tracks);
    song = barsOf(song, m_seed.bars(), m_seed.bars() + bars - 1);
    std::erase_if(song.tracks, [](const auto& track) { return track->notes.empty(); });
    if (fills()) {
        song = withStays(m_seed.stays(), song);
    } else if (m_seed.bars() > 0) {
        song.tempi = {m_seed.tempo()};
    }
    Json recipe{{"model", m_seed.model().hash()},
                {"modelName", fieldOr<std::string>(m_seed.model().card(), "name", "").value_or("")},
                {"seed", m_seed.hash()},
                {"bars", bars},
                {"temperature", m_settings.temperature},
                {"rng", m_settings.rng},
                {"take", m_number}};
    if (m_settings.minP) recipe["minP"] = *m_settings.minP;
    if (m_settings.topP) recipe["topP"] = *m_settings.topP;
    if (m_key) recipe["key"] = m_key->text();
    if (m_settings.lowestPitch > 0) recipe["lowestPitch"] = m_settings.lowestPitch;
    if (m_settings.highestPitch < 127) recipe["highestPitch"] = m_settings.highestPitch;
    if (m_settings.ending) recipe["ending"] = true;
    if (!m_settings.style.empty()) recipe["style"] = m_settings.style;
    if (m_settings.density) recipe["density"] = *m_settings.density;
    if (m_settings.polyphony) recipe["polyphony"] = *m_settings.polyphony;
    if (m_seed.fill()) recipe["fill"] = toJson(*m_seed.fill());
    const Meter meter = meterMap(song).meterOfBar(0);
    if (!fills() && m_seed.bars() > 0 && meter != m_seed.meter()) {
        recipe["remark"] =
            fmt::format("in {}, because the model cannot write bars of {}", meter.text(), m_seed.meter().text());
    }
    return {m_number, std::move(song), std::move(recipe)};
}

}  // namespace

Result<void> setKey(GenerateSettings& settings, std::string_view text) {
    settings.keyOfSeed = text == "seed";
    settings.key.reset();
    if (settings.keyOfSeed || text.empty()) {
        return {};
    }
    return keyFromText(text).map([&](const Key& key) { settings.key = key; }).map_error([](const Error& error) {
        return Error{"key " + error.message + ", nor \"seed\""};
    });
}

std::vector<std::string> stylesOf(const Model& model) {
    return fieldOr(model.card(), "styles", std::vector<std::string>()).value_or(std::vector<std::string>());
}

Result<void> check(const GenerateSettings& settings) {
    if (settings.bars < 1 || settings.bars > 256) {
        return failure("bars is {}, outside 1 to 256", settings.bars);
    }
    if (settings.takes < 1 || settings.takes > 64) {
        return failure("takes is {}, outside 1 to 64", settings.takes);
    }
    if (!(settings.temperature >= lowestTemperature && settings.temperature <= highestTemperature)) {
        return failure("temperature is {}, outside {} to {}", settings.temperature, lowestTemperature,
                       highestTemperature);
    }
    if (settings.minP && !(*settings.minP >= 0 && *settings.minP <= 1)) {
        return failure("min-p is {}, outside 0 to 1", *settings.minP);
    }
    if (settings.topP && !(*settings.topP > 0 && *settings.topP <= 1)) {
        return failure("top-p is {}, not above 0 and at most 1", *settings.topP);
    }
    if (settings.lowestPitch < 0 || settings.lowestPitch > 127) {
        return failure("lowest is {}, outside 0 to 127", settings.lowestPitch);
    }
    if (settings.highestPitch < settings.lowestPitch || settings.highestPitch > 127) {
        return failure("highest is {}, outside {} (the lowest) to 127", settings.highestPitch, settings.lowestPitch);
    }
    if (settings.key && settings.keyOfSeed) {
        return failure("key is {}, or that of the seed, but not both", settings.key->text());
    }
    for (const auto& [name, value, classes] : {std::tuple("density", settings.density, densityClasses),
                                               std::tuple("polyphony", settings.polyphony, polyphonyClasses)}) {
        if (value && (*value < 0 || *value >= classes)) {
            return failure("{} is {}, outside 0 to {}", name, *value, classes - 1);
        }
    }
    return pitchesOf(settings.key, settings.lowestPitch, settings.highestPitch).map([](const PitchSet&) {});
}

Result<std::shared_ptr<const PreparedSeed>> PreparedSeed::prepare(std::shared_ptr<const Model> model, const Song& seed,
                                                                  const std::optional<FillIn>& fill) {
    auto prepared = std::make_shared<Prepared>(std::move(model));
    if (!fill) {
        prepared->readTail(seed);
    } else if (const auto read = prepared->readForFill(seed, *fill); !read) {
        return tl::make_unexpected(read.error());
    }
    return prepared;
}

Result<std::vector<Take>> generate(const PreparedSeed& preparedSeed, const GenerateSettings& wanted,
                                   const GenerateEvents& events, const std::stop_token& stop) {
    if (const auto checked = check(wanted); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto& seed = static_cast<const Prepared&>(preparedSeed);
    GenerateSettings settings = wanted;
    if (!seed.script().empty()) {
        settings.bars = static_cast<int>(seed.script().size());
    }
    const std::optional<Key> key = settings.keyOfSeed ? seed.key() : settings.key;
    const auto pitches = pitchesOf(key, settings.lowestPitch, settings.highestPitch);
    if (!pitches) {
        return tl::make_unexpected(pitches.error());
    }
    const auto description = descriptionTokens(seed.model(), settings, key);
    if (!description) {
        return tl::make_unexpected(description.error());
    }
    std::vector<Drawing> drawings;
    drawings.reserve(static_cast<std::size_t>(settings.takes));
    for (int number = 0; number < settings.takes; ++number) {
        drawings.emplace_back(seed, settings, key, *pitches, *description, number);
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
            if (const auto token = drawings[row].draw(rowLogits, *decoder, static_cast<int>(row), events)) {
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
        if (const int bars = drawing.wholeBars(); bars > 0) {
            finish(drawing, bars);
        }
    }
    std::sort(takes.begin(), takes.end(), [](const Take& a, const Take& b) { return a.number < b.number; });
    return takes;
}

}  // namespace ricercar
