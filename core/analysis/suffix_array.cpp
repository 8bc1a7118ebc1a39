#include "core/analysis/suffix_array.h"

#include <algorithm>

namespace ricercar {

namespace {

constexpr std::int32_t nowhere = -1;

/// One level of the recursion; the symbols of `text` are below `symbols`. "Rising" suffixes are less than the one after
/// them; a "valley" is a rising suffix after one that is not. The end of the text counts as less than every symbol.
template <typename Symbol>
class SuffixSorter {
public:
    SuffixSorter(std::span<const Symbol> text, std::size_t symbols)
        : m_text(text), m_rising(text.size()), m_starts(symbols + 1), m_order(text.size()) {
        for (std::size_t place = text.size(); place-- > 0;) {
            ++m_starts[static_cast<std::size_t>(text[place]) + 1];
            if (place + 1 < text.size()) {
                m_rising[place] =
                    text[place] < text[place + 1] || (text[place] == text[place + 1] && m_rising[place + 1]);
            }
        }
        for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
            m_starts[symbol + 1] += m_starts[symbol];
        }
    }

    std::vector<std::int32_t> sort() {
        std::vector<std::int32_t> valleys;
        for (std::size_t place = 1; place < m_text.size(); ++place) {
            if (isValley(place)) {
                valleys.push_back(static_cast<std::int32_t>(place));
            }
        }
        induce(valleys);
        sortValleys(valleys);
        induce(valleys);
        return std::move(m_order);
    }

private:
    bool isValley(std::size_t place) const { return place > 0 && m_rising[place] && !m_rising[place - 1]; }
    std::size_t symbol(std::size_t place) const { return static_cast<std::size_t>(m_text[place]); }

    /// Sorts all suffixes, given the valleys in order; given them in any order, sorts the stretches from valley to
    /// valley.
    void induce(const std::vector<std::int32_t>& valleys) {
        std::fill(m_order.begin(), m_order.end(), nowhere);
        std::vector<std::int32_t> ends(m_starts.begin() + 1, m_starts.end());
        for (auto valley = valleys.rbegin(); valley != valleys.rend(); ++valley) {
            at(--ends[symbol(static_cast<std::size_t>(*valley))]) = *valley;
        }
        std::vector<std::int32_t> begins(m_starts.begin(), m_starts.end() - 1);
        const auto placeFalling = [&](std::size_t place) {
            at(begins[symbol(place)]++) = static_cast<std::int32_t>(place);
        };
        placeFalling(m_text.size() - 1);
        for (const std::int32_t& sorted : m_order) {
            if (sorted > 0 && !m_rising[static_cast<std::size_t>(sorted) - 1]) {
                placeFalling(static_cast<std::size_t>(sorted) - 1);
            }
        }
        ends.assign(m_starts.begin() + 1, m_starts.end());
        for (auto sorted = m_order.rbegin(); sorted != m_order.rend(); ++sorted) {
            if (*sorted > 0 && m_rising[static_cast<std::size_t>(*sorted) - 1]) {
                const std::size_t place = static_cast<std::size_t>(*sorted) - 1;
                at(--ends[symbol(place)]) = static_cast<std::int32_t>(place);
            }
        }
    }

    /// Puts the valleys, in the order of the text, into that of their suffixes, given the stretches in order.
    void sortValleys(std::vector<std::int32_t>& valleys) const {
        if (valleys.empty()) {
            return;
        }
        // No two valleys are neighbours, so that each half place has one name.
        std::vector<std::int32_t> names(m_text.size() / 2 + 1, nowhere);
        std::int32_t name = nowhere;
        std::size_t last = m_text.size();
        for (const std::int32_t sorted : m_order) {
            const auto place = static_cast<std::size_t>(sorted);
            if (isValley(place)) {
                name += last < m_text.size() && sameStretch(last, place) ? 0 : 1;
                names[place / 2] = name;
                last = place;
            }
        }
        std::erase(names, nowhere);
        const std::vector<std::int32_t> inText = valleys;
        const std::vector<std::int32_t> order =
            SuffixSorter<std::int32_t>(names, static_cast<std::size_t>(name) + 1).sort();
        std::transform(order.begin(), order.end(), valleys.begin(),
                       [&](std::int32_t index) { return inText[static_cast<std::size_t>(index)]; });
    }

    bool sameStretch(std::size_t a, std::size_t b) const {
        for (std::size_t length = 0;; ++length) {
            const std::size_t later = std::max(a, b) + length;
            if (later == m_text.size() || m_text[a + length] != m_text[b + length] ||
                m_rising[a + length] != m_rising[b + length]) {
                return false;
            }
            if (length > 0 && (isValley(a + length) || isValley(b + length))) {
                return isValley(a + length) && isValley(b + length);
            }
        }
    }

    std::int32_t& at(std::int32_t index) { return m_order[static_cast<std::size_t>(index)]; }

    std::span<const Symbol> m_text;
    std::vector<bool> m_rising;
    std::vector<std::int32_t> m_starts;  ///< of the suffixes that begin with each symbol, in m_order
    std::vector<std::int32_t> m_order;
};

}  // namespace

std::vector<std::int32_t> suffixArray(std::span<const std::uint16_t> text) {
    if (text.empty()) {
        return {};
    }
    return SuffixSorter<std::uint16_t>(text, *std::max_element(text.begin(), text.end()) + std::size_t{1}).sort();
}

}  // namespace ricercar
