#include "core/tokens/house_probe.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/tokens/house_bars.h"
#include "core/tokens/house_exercise.h"

namespace ricercar {

namespace {

using house::kinds;

constexpr std::size_t gapBars = 4;
constexpr std::size_t sightBars = 4;
constexpr std::size_t leastContextBars = houseLead;
constexpr int tritone = 6;

class Prober {
public:
    Prober(std::span<const Token> piece, std::size_t mostTokens, Random& random)
        : m_bars(houseBars(piece)), m_descriptions(describe(piece)), m_mostTokens(mostTokens), m_random(random) {}

    std::vector<HouseProbe> probes(std::optional<int> style, int styles) {
        using Change = std::function<Description(const Description&)>;
        const auto probeDescription = [&](const char* name, const Change& right, const Change& wrong) {
            probeDescribed(name, "not told", [](const Description&) { return Description{}; });
            probeDescribed(name, "right", right);
            probeDescribed(name, "wrong", wrong);
        };
        const auto farFrom = [](int value, int classes) { return (value + classes / 2) % classes; };
        probeDescription(
            "key",
            [](const Description& of) {
                return Description{{}, of.key, {}, {}};
            },
            [](const Description& of) {
                Description wrong{{}, of.key, {}, {}};
                if (wrong.key) {
                    wrong.key->tonic = (wrong.key->tonic + tritone) % 12;
                }
                return wrong;
            });
        probeDescription(
            "density",
            [](const Description& of) {
                return Description{{}, {}, of.density, {}};
            },
            [&](const Description& of) {
                return Description{{}, {}, farFrom(*of.density, densityClasses), {}};
            });
        probeDescription(
            "polyphony",
            [](const Description& of) {
                return Description{{}, {}, {}, of.polyphony};
            },
            [&](const Description& of) {
                return Description{{}, {}, {}, farFrom(*of.polyphony, polyphonyClasses)};
            });
        if (style && styles > 1) {
            const int other = (*style + m_random.between(1, styles - 1)) % styles;
            probeDescription(
                "style",
                [&](const Description&) {
                    return Description{style, {}, {}, {}};
                },
                [&](const Description&) {
                    return Description{other, {}, {}, {}};
                });
        }
        probeGap();
        probeAccompaniment();
        return std::move(m_probes);
    }

private:
    HouseProbe begin(const char* condition, const char* told) const { return {condition, told, {startToken}, {false}}; }

    void append(HouseProbe& probe, bool judged, const std::function<void(std::vector<Token>&)>& write) const {
        write(probe.tokens);
        for (std::size_t place = probe.judged.size(); place < probe.tokens.size(); ++place) {
            probe.judged.push_back(judged && probe.tokens[place] < kinds().firstCondition);
        }
    }

    void probeDescribed(const char* condition, const char* told,
                        const std::function<Description(const Description&)>& say) {
        HouseProbe probe = begin(condition, told);
        std::size_t plain = 0;  // tokens without descriptions, so that all probes end with the same bar
        for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
            plain += sizeOf(bar) + 4;
            if (plain > m_mostTokens) {
                break;
            }
            append(probe, true, [&](std::vector<Token>& tokens) {
                appendBar(tokens, m_bars[bar], HouseVocabulary().descriptionTokens(say(m_descriptions[bar])));
            });
        }
        m_probes.push_back(std::move(probe));
    }

    void probeGap() {
        if (m_bars.size() < leastContextBars + gapBars + sightBars) {
            return;
        }
        const auto last = static_cast<int>(m_bars.size() - gapBars - sightBars);
        const auto gap = static_cast<std::size_t>(m_random.between(int{leastContextBars}, last));
        std::size_t around = 0;
        for (std::size_t bar = gap; bar < gap + gapBars + sightBars; ++bar) {
            around += sizeOf(bar) + 1;
        }
        if (around > m_mostTokens) {
            return;
        }
        std::size_t first = gap;
        for (std::size_t room = m_mostTokens - around; first > 0 && sizeOf(first - 1) <= room; --first) {
            room -= sizeOf(first - 1);
        }
        for (const bool sighted : {false, true}) {
            HouseProbe probe = begin("gap", sighted ? "both sides" : "one side");
            append(probe, false, [&](std::vector<Token>& tokens) {
                const std::size_t sight = std::max(first, gap - houseLead);
                appendBars(tokens, first, sight);
                if (sighted) {
                    tokens.push_back(kinds().after.at(static_cast<int>(gap - sight + gapBars) - 1));
                    appendBars(tokens, gap + gapBars, gap + gapBars + sightBars);
                    tokens.push_back(kinds().before.at(0));
                }
                appendBars(tokens, sight, gap);
            });
            append(probe, true, [&](std::vector<Token>& tokens) { appendBars(tokens, gap, gap + gapBars); });
            m_probes.push_back(std::move(probe));
        }
    }

    void probeAccompaniment() {
        std::set<GridPart> instruments;
        for (const HouseBar& bar : m_bars) {
            for (const HouseChunk& chunk : bar.chunks) {
                instruments.insert(chunk.part);
            }
        }
        if (instruments.size() < 2) {
            return;
        }
        const auto chosen = static_cast<std::ptrdiff_t>(m_random.below(instruments.size()));
        const GridPart written = *std::next(instruments.begin(), chosen);
        HouseProbe alone = begin("accompaniment", "alone");
        HouseProbe together = begin("accompaniment", "with the others");
        for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
            if (together.tokens.size() + sizeOf(bar) + 2 > m_mostTokens) {
                break;
            }
            HouseBar solo{m_bars[bar].head, {}};
            std::copy_if(m_bars[bar].chunks.begin(), m_bars[bar].chunks.end(), std::back_inserter(solo.chunks),
                         [&](const HouseChunk& chunk) { return chunk.part == written; });
            append(alone, false, [&](std::vector<Token>& tokens) { appendOpening(tokens, solo, {}, {}); });
            append(together, false,
                   [&](std::vector<Token>& tokens) { appendOpening(tokens, m_bars[bar], {}, {written}); });
            for (HouseProbe* probe : {&alone, &together}) {
                append(*probe, true, [&](std::vector<Token>& tokens) {
                    for (const HouseChunk& chunk : solo.chunks) {
                        tokens.insert(tokens.end(), chunk.tokens.begin(), chunk.tokens.end());
                    }
                });
            }
        }
        m_probes.push_back(std::move(alone));
        m_probes.push_back(std::move(together));
    }

    void appendBars(std::vector<Token>& tokens, std::size_t first, std::size_t end) const {
        for (std::size_t bar = first; bar < end; ++bar) {
            appendBar(tokens, m_bars[bar]);
        }
    }

    std::size_t sizeOf(std::size_t bar) const {
        std::vector<Token> tokens;
        appendBar(tokens, m_bars[bar]);
        return tokens.size();
    }

    std::vector<HouseBar> m_bars;
    std::vector<Description> m_descriptions;
    std::size_t m_mostTokens;
    Random& m_random;
    std::vector<HouseProbe> m_probes;
};

}  // namespace

std::vector<HouseProbe> houseProbes(std::span<const Token> piece, std::optional<int> style, int styles,
                                    std::size_t mostTokens, Random& random) {
    return Prober(piece, mostTokens, random).probes(style, styles);
}

}  // namespace ricercar
