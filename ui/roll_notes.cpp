#include "ui/roll_notes.h"

#include <algorithm>

namespace ricercar {

RollNotes::RollNotes(const Song& song, Tick takeBegin) {
    const auto earlier = [](const ShownNote& a, const ShownNote& b) { return a.begin < b.begin; };
    m_notes.reserve(noteCount(song));
    std::uint8_t seedTracks = 0;
    std::uint8_t takeTracks = 0;
    for (std::size_t index = 0; index < song.tracks.size(); ++index) {
        const Track& track = *song.tracks[index];
        const auto merged = std::ssize(m_notes);
        for (const Note& note : track.notes) {
            const bool inSeed = note.onset < takeBegin;
            m_notes.push_back({note.onset.value, note.end().value, static_cast<std::uint16_t>(index), note.pitch,
                               note.velocity, inSeed ? Part::seed : Part::take, track.isDrums(),
                               inSeed ? seedTracks : takeTracks});
        }
        if (!track.isDrums() && !track.notes.empty()) {
            seedTracks += track.notes.front().onset < takeBegin;
            takeTracks += track.notes.back().onset >= takeBegin;
        }
        std::inplace_merge(m_notes.begin(), m_notes.begin() + merged, m_notes.end(), earlier);
    }
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
