#include "core/analysis/copies.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <functional>
#include <limits>

#include "core/analysis/bars.h"
#include "core/analysis/suffix_array.h"

namespace ricercar {

namespace {

constexpr std::uint16_t endOfLine = 0;

// How a step is written: 1 + motion * paces + pace.
constexpr int motions = 255 + 128;  // intervals of -127 to 127, then drums
constexpr int pacesPerOctave = 6;
constexpr int widestPace = 4 * pacesPerOctave;  // 16 times slower or faster, or more
constexpr int together = 2 * widestPace + 1;
constexpr int firstPace = together + 1;  // there is no time before to compare with
constexpr int paces = firstPace + 1;
static_assert(motions * paces < std::numeric_limits<std::uint16_t>::max());

struct LineNote {
    std::int64_t onset;  ///< on the grid
    int pitch;
    Tick tick;

    auto operator<=>(const LineNote&) const = default;
};

std::vector<LineNote> lineOf(const Track& track, int ticksPerQuarter) {
    std::vector<LineNote> line;
    line.reserve(track.notes.size());
    for (const Note& note : track.notes) {
        line.push_back({gridStep(note.onset, fineStepsPerQuarter, ticksPerQuarter), note.pitch.midi(), note.onset});
    }
    std::sort(line.begin(), line.end());
    const auto same = [](const LineNote& a, const LineNote& b) { return a.onset == b.onset && a.pitch == b.pitch; };
    line.erase(std::unique(line.begin(), line.end(), same), line.end());
    return line;
}

/// From each note of the line to the next: one fewer than it has notes.
std::vector<std::uint16_t> stepsOf(const std::vector<LineNote>& line, bool drums) {
    std::vector<std::uint16_t> steps;
    steps.reserve(line.size());
    std::int64_t before = 0;
    for (std::size_t note = 1; note < line.size(); ++note) {
        const std::int64_t time = line[note].onset - line[note - 1].onset;
        int pace = together;
        if (time > 0) {
            const double octaves = std::log2(static_cast<double>(time) / static_cast<double>(before));
            pace = before == 0 ? firstPace
                               : widestPace + std::clamp(static_cast<int>(std::lround(octaves * pacesPerOctave)),
                                                         -widestPace, widestPace);
            before = time;
        }
        const int motion = drums ? 255 + line[note].pitch : 127 + line[note].pitch - line[note - 1].pitch;
        steps.push_back(static_cast<std::uint16_t>(1 + motion * paces + pace));
    }
    return steps;
}

std::size_t common(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b) {
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

void Copies::add(const Copies& further, std::size_t firstPiece) {
    std::transform(inCopy.begin(), inCopy.end(), further.inCopy.begin(), inCopy.begin(), std::logical_or<>());
    if (further.longest && (!longest || further.longest->notes > longest->notes)) {
        longest = further.longest;
        longest->piece += firstPiece;
    }
}

void CopyIndex::Builder::add(const Song& piece) {
    const MeterMap meters = meterMap(piece);
    for (const auto& track : piece.tracks) {
        const std::vector<LineNote> line = lineOf(*track, piece.ticksPerQuarter);
        if (line.size() < 2) {
            continue;
        }
        m_lines.push_back({m_steps.size(), m_pieces});
        const auto steps = stepsOf(line, track->isDrums());
        m_steps.insert(m_steps.end(), steps.begin(), steps.end());
        m_steps.push_back(endOfLine);
        for (const LineNote& note : line) {
            constexpr int most = std::numeric_limits<std::uint16_t>::max();
            m_bars.push_back(static_cast<std::uint16_t>(std::min(most, meters.barAt(note.tick))));
        }
    }
    ++m_pieces;
}

CopyIndex CopyIndex::Builder::finish() && {
    m_steps.shrink_to_fit();
    m_bars.shrink_to_fit();
    return CopyIndex(std::move(*this));
}

CopyIndex::CopyIndex(Builder pieces) : m_pieces(std::move(pieces)), m_order(suffixArray(m_pieces.m_steps)) {}

const CopyIndex::Builder::Line& CopyIndex::lineAt(std::size_t place) const {
    const auto after = std::upper_bound(m_pieces.m_lines.begin(), m_pieces.m_lines.end(), place,
                                        [](std::size_t where, const auto& line) { return where < line.begin; });
    return *(after - 1);
}

CopyIndex::Match CopyIndex::longestMatch(std::span<const std::uint16_t> steps,
                                         std::optional<std::size_t> except) const {
    const std::span<const std::uint16_t> text = m_pieces.m_steps;
    const auto suffixAt = [&](std::int32_t place) { return text.subspan(static_cast<std::size_t>(place)); };
    const auto place = std::lower_bound(
        m_order.begin(), m_order.end(), steps, [&](std::int32_t suffix, std::span<const std::uint16_t> wanted) {
            const auto candidate = suffixAt(suffix);
            return std::lexicographical_compare(candidate.begin(), candidate.end(), wanted.begin(), wanted.end());
        });
    Match best;
    // The further a suffix lies from the place of `steps` in the order, the less they have in common.
    const auto nearest = [&](auto suffix, auto last) {
        while (suffix != last && except && lineAt(static_cast<std::size_t>(*suffix)).piece == *except) {
            ++suffix;
        }
        if (suffix == last) {
            return;
        }
        const std::size_t length = common(suffixAt(*suffix), steps);
        if (length > best.steps) {
            best = {length, static_cast<std::size_t>(*suffix)};
        }
    };
    nearest(place, m_order.end());
    nearest(std::make_reverse_iterator(place), m_order.rend());
    return best;
}

Copies CopyIndex::find(const Song& song, std::optional<std::size_t> except) const {
    const MeterMap meters = meterMap(song);
    Copies copies;
    for (const auto& track : song.tracks) {
        const std::vector<LineNote> line = lineOf(*track, song.ticksPerQuarter);
        const std::vector<std::uint16_t> steps = stepsOf(line, track->isDrums());
        const auto firstNote = static_cast<std::ptrdiff_t>(copies.notes());
        copies.inCopy.resize(copies.notes() + line.size());
        for (std::size_t first = 0; first < steps.size(); ++first) {
            const Match match = longestMatch(std::span(steps).subspan(first), except);
            const std::size_t notes = match.steps + 1;
            if (match.steps == 0) {
                continue;
            }
            if (notes >= shortestCopy) {
                const auto begin = copies.inCopy.begin() + firstNote + static_cast<std::ptrdiff_t>(first);
                std::fill_n(begin, notes, true);
            }
            if (!copies.longest || notes > copies.longest->notes) {
                copies.longest = {notes,
                                  meters.barAt(line[first].tick),
                                  meters.barAt(line[first + match.steps].tick),
                                  lineAt(match.place).piece,
                                  m_pieces.m_bars[match.place],
                                  m_pieces.m_bars[match.place + match.steps]};
            }
        }
    }
    return copies;
}

}  // namespace ricercar
