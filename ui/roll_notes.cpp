#include "ui/roll_notes.h"

#include <algorithm>
#include <limits>
#include <ranges>

namespace ricercar {

namespace {

constexpr Tick never{std::numeric_limits<std::int64_t>::max()};

}  // namespace

RollNotes::RollNotes(const Song& song, Tick takeBegin) {
    m_notes.reserve(noteCount(song));
    const TickRange seed{Tick{}, takeBegin};
    append(song, seed, Part::seed);
    replaceTake(song, takeBegin);
}

RollNotes::RollNotes(const Song& song, TickRange take, const Song& seed) {
    m_notes.reserve(noteCount(song));
    const TickRange all{Tick{}, never};
    append(song, all, Part::seed);
    for (ShownNote& note : m_notes) {
        const auto isSame = [&](const Note& old) {
            return old.end().value == note.end && old.pitch == note.pitch && old.velocity == note.velocity;
        };
        const bool wasThere =
            note.track < seed.tracks.size() &&
            std::ranges::any_of(
                std::ranges::equal_range(seed.tracks[note.track]->notes, Tick{note.begin}, {}, &Note::onset), isSame);
        note.part = take.contains({note.begin}) && !wasThere ? Part::take : Part::seed;
    }
    measure();
}

void RollNotes::replaceTake(const Song& song, Tick takeBegin) {
    m_notes.erase(std::ranges::lower_bound(m_notes, takeBegin.value, {}, &ShownNote::begin), m_notes.end());
    const TickRange take{takeBegin, never};
    append(song, take, Part::take);
    measure();
}

void RollNotes::append(const Song& song, TickRange range, Part part) {
    const auto begin = std::ssize(m_notes);
    std::uint8_t shade = 0;
    for (std::size_t index = 0; index < song.tracks.size(); ++index) {
        const Track& track = *song.tracks[index];
        const auto first = std::ranges::lower_bound(track.notes, range.begin, {}, &Note::onset);
        const auto last = std::ranges::lower_bound(first, track.notes.end(), range.end, {}, &Note::onset);
        for (const Note& note : std::ranges::subrange(first, last)) {
            m_notes.push_back({note.onset.value, note.end().value, static_cast<std::uint16_t>(index), note.pitch,
                               note.velocity, part, track.isDrums(), shade});
        }
        shade += first != last && !track.isDrums();
    }
    std::stable_sort(m_notes.begin() + begin, m_notes.end(),
                     [](const ShownNote& a, const ShownNote& b) { return a.begin < b.begin; });
}

void RollNotes::measure() {
    m_latestEnd.clear();
    m_latestEnd.reserve(m_notes.size());
    const bool onlyDrums = std::ranges::all_of(m_notes, &ShownNote::drums);
    bool first = true;
    for (const ShownNote& note : m_notes) {
        m_latestEnd.push_back(m_latestEnd.empty() ? note.end : std::max(m_latestEnd.back(), note.end));
        if (!note.drums || onlyDrums) {
            m_lowest = first ? note.pitch : std::min(m_lowest, note.pitch);
            m_highest = first ? note.pitch : std::max(m_highest, note.pitch);
            first = false;
        }
    }
}

std::span<const RollNotes::ShownNote> RollNotes::around(TickRange range) const {
    const auto first = std::ranges::upper_bound(m_latestEnd, range.begin.value) - m_latestEnd.begin();
    const auto last = std::ranges::lower_bound(m_notes, range.end.value, {}, &ShownNote::begin) - m_notes.begin();
    return first < last ? std::span(m_notes).subspan(first, last - first) : std::span<const ShownNote>();
}

const RollNotes::ShownNote* RollNotes::at(Tick tick, Pitch pitch) const {
    const auto notes = around({tick, tick + TickDelta{1}});
    const auto found = std::find_if(notes.rbegin(), notes.rend(), [&](const ShownNote& note) {
        return note.pitch == pitch && note.end > tick.value;
    });
    return found == notes.rend() ? nullptr : &*found;
}

}  // namespace ricercar
