#include "core/tokens/house_exercise.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/analysis/key_finding.h"
#include "core/tokens/house_bars.h"

namespace ricercar {

namespace {

using house::kinds;

constexpr double plainShare = 0.4;
constexpr double accompanyShare = 0.25;  // the rest has gaps
constexpr double describedShare = 0.75;
constexpr double eachDescription = 0.6;
constexpr double fromTheStartShare = 0.5;   // the other descriptions begin somewhere in the piece, as after a seed
constexpr double excerptsShare = 0.5;       // of the described pieces that are otherwise as they are
constexpr double newExcerpt = 0.2;          // at each line of these
constexpr double oneInstrumentShare = 0.7;  // of the exercises in which an instrument is hidden
constexpr double wholeBarsShare = 0.5;      // of gaps
constexpr int longestContext = 12;          // bars between gaps
constexpr int keyReach = 4;                 // bars to either side

template <std::size_t size>
int classOf(double value, const std::array<double, size>& ends) {
    return static_cast<int>(std::lower_bound(ends.begin(), ends.end(), value) - ends.begin());
}

/// What is counted of a bar.
struct BarSums {
    double quarters = 0;
    int notes = 0;
    PitchClassProfile profile{};  ///< quarters by pitch class; their sum is that of the durations
};

BarSums sumsOf(const HouseBar& bar) {
    const house::Kinds& k = kinds();
    BarSums sums;
    sums.quarters = gridBarLength(k.bar.indexOf(bar.head.front())) / static_cast<double>(gridPerQuarter);
    for (const HouseChunk& chunk : bar.chunks) {
        int pitch = 0;
        for (const Token token : chunk.tokens) {
            if (k.pitch.holds(token)) {
                pitch = k.pitch.indexOf(token);
            }
            if (k.duration.holds(token)) {
                const int duration = gridDurations()[static_cast<std::size_t>(k.duration.indexOf(token))];
                sums.profile[static_cast<std::size_t>(pitch % 12)] += duration / static_cast<double>(gridPerQuarter);
            }
            sums.notes += k.pitch.holds(token) || k.drumPitch.holds(token) ? 1 : 0;
        }
    }
    return sums;
}

std::vector<Description> describe(std::span<const HouseBar> bars) {
    std::vector<BarSums> sums;
    std::transform(bars.begin(), bars.end(), std::back_inserter(sums), sumsOf);
    std::vector<Description> descriptions(bars.size());
    PitchClassProfile around{};
    const auto add = [&](std::size_t bar, double sign) {
        for (std::size_t pitchClass = 0; pitchClass < around.size(); ++pitchClass) {
            around[pitchClass] += sign * sums[bar].profile[pitchClass];
        }
    };
    for (std::size_t bar = 0; bar < std::min<std::size_t>(keyReach, bars.size()); ++bar) {
        add(bar, 1);
    }
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
        if (bar + keyReach < bars.size()) {
            add(bar + keyReach, 1);
        }
        if (bar > keyReach) {
            add(bar - keyReach - 1, -1);
        }
        Description& description = descriptions[bar];
        double sounding = 0;
        for (const double quarters : sums[bar].profile) {
            sounding += quarters;
        }
        description.density = classOf(sums[bar].notes / sums[bar].quarters, houseDensities);
        description.polyphony = classOf(sounding / sums[bar].quarters, housePolyphonies);
        if (const auto estimate = sums[bar].notes > 0 ? findKey(around) : std::nullopt) {
            description.key = estimate->key;
        }
    }
    return descriptions;
}

/// One piece while it is rewritten.
class Exercise {
public:
    Exercise(std::span<const Token> piece, std::optional<int> style, Random& random)
        : m_bars(houseBars(piece)), m_random(random), m_descriptions(m_bars.size()) {
        m_described = chance(describedShare);
        if (m_described) {
            chooseDescriptions(style);
        }
        for (const HouseBar& bar : m_bars) {
            for (const HouseChunk& chunk : bar.chunks) {
                m_instruments.insert(chunk.part);
            }
        }
        m_tokens.push_back(startToken);
    }

    /// In the middle of a piece, what was before tells more than its descriptions; so some are cut into excerpts, each
    /// of which begins anew, and may be read after another piece.
    std::vector<Token> plain() {
        const bool excerpts = m_described && chance(excerptsShare);
        for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
            if (excerpts && bar > 0 && chance(newExcerpt)) {
                m_tokens.push_back(startToken);
            }
            write(bar, {});
        }
        return finish();
    }

    std::vector<Token> accompanied() {
        const auto hidden = someInstruments();
        for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
            write(bar, hidden);
        }
        return finish();
    }

    std::vector<Token> withGaps() {
        std::size_t bar = 0;
        while (bar < m_bars.size()) {
            const auto gap = bar + static_cast<std::size_t>(m_random.between(0, longestContext));
            const auto length = static_cast<std::size_t>(m_random.between(1, int{houseLongestGap}));
            const auto sight = static_cast<std::size_t>(m_random.between(1, int{houseLongestSight}));
            const std::size_t beyond = gap + length;
            const bool seen = beyond < m_bars.size();
            const std::size_t lead = std::min(gap - bar, houseLead);
            for (; bar < std::min(seen ? gap - lead : gap, m_bars.size()); ++bar) {
                write(bar, {});
            }
            if (!seen) {
                continue;
            }
            m_tokens.push_back(kinds().after.at(static_cast<int>(lead + length) - 1));
            const std::size_t end = std::min(beyond + sight, m_bars.size());
            for (std::size_t later = beyond; later < end; ++later) {
                write(later, {});
            }
            m_tokens.push_back(kinds().before.at(0));
            for (; bar < gap; ++bar) {
                write(bar, {});
            }
            const auto hidden = chance(wholeBarsShare) ? std::set<GridPart>() : someInstruments();
            for (; bar < beyond; ++bar) {
                write(bar, hidden);
            }
            bar = end;
        }
        return finish();
    }

private:
    bool chance(double probability) { return m_random.uniform() < probability; }

    void chooseDescriptions(std::optional<int> style) {
        if (m_bars.empty()) {
            return;
        }
        const bool withStyle = chance(eachDescription);
        const bool withKey = chance(eachDescription);
        const bool withDensity = chance(eachDescription);
        const bool withPolyphony = chance(eachDescription);
        const auto first = chance(fromTheStartShare) ? 0 : m_random.below(m_bars.size());
        m_descriptions = describe(m_bars);
        std::fill_n(m_descriptions.begin(), first, Description{});
        for (Description& description : std::span(m_descriptions).subspan(first)) {
            description.style = withStyle ? style : std::nullopt;
            description.key = withKey ? description.key : std::nullopt;
            description.density = withDensity ? description.density : std::nullopt;
            description.polyphony = withPolyphony ? description.polyphony : std::nullopt;
        }
    }

    /// One of them, or each with even chances. Empty when there is but one: nothing could be given then.
    std::set<GridPart> someInstruments() {
        std::set<GridPart> chosen;
        if (m_instruments.size() < 2) {
            return chosen;
        }
        if (chance(oneInstrumentShare)) {
            chosen.insert(
                *std::next(m_instruments.begin(), static_cast<std::ptrdiff_t>(m_random.below(m_instruments.size()))));
        } else {
            std::copy_if(m_instruments.begin(), m_instruments.end(), std::inserter(chosen, chosen.end()),
                         [&](const GridPart&) { return chance(0.5); });
        }
        return chosen;
    }

    /// The bar with the instruments in `hidden` to be added to the others; when there are none, as it is.
    void write(std::size_t index, const std::set<GridPart>& hidden) {
        appendBar(m_tokens, m_bars[index], HouseVocabulary().descriptionTokens(m_descriptions[index]), hidden);
    }

    std::vector<Token> finish() {
        m_tokens.push_back(endToken);
        return std::move(m_tokens);
    }

    std::vector<HouseBar> m_bars;
    Random& m_random;
    std::vector<Description> m_descriptions;
    bool m_described = false;
    std::set<GridPart> m_instruments;
    std::vector<Token> m_tokens;
};

}  // namespace

std::vector<Description> describe(std::span<const Token> piece) { return describe(houseBars(piece)); }

std::vector<Token> houseExercise(std::span<const Token> piece, std::optional<int> style, Random& random) {
    Exercise exercise(piece, style, random);
    const double kind = random.uniform();
    if (kind < plainShare) {
        return exercise.plain();
    }
    return kind < plainShare + accompanyShare ? exercise.accompanied() : exercise.withGaps();
}

}  // namespace ricercar
