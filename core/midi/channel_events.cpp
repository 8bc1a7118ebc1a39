#include "core/midi/channel_events.h"

#include <algorithm>
#include <utility>

namespace ricercar {

bool ChannelEvents::endAllNotes(Tick tick) {
    bool any = false;
    for (int pitch = Pitch::min; pitch <= Pitch::max; ++pitch) {
        while (noteOff(tick, pitch)) {
            any = true;
        }
    }
    return any;
}

Track ChannelEvents::take() {
    const auto sameOnset = [](const Note& a, const Note& b) { return a.onset == b.onset; };
    auto& notes = m_track.notes;
    for (auto chord = std::adjacent_find(notes.begin(), notes.end(), sameOnset); chord != notes.end();) {
        const auto end = std::find_if(chord, notes.end(), [&](const Note& note) { return note.onset != chord->onset; });
        std::sort(chord, end, earlierNote);
        chord = std::adjacent_find(end, notes.end(), sameOnset);
    }
    return std::move(m_track);
}

}  // namespace ricercar
