#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/music/song.h"

namespace ricercar {

/// The notes of an arrangement in the form in which they are painted and found: one list by onset, so that what a
/// window shows is found by binary search in a song of any length.
class RollNotes {
public:
    enum class Part : std::uint8_t { seed, take };

    struct ShownNote {
        std::int64_t begin = 0;  ///< ticks
        std::int64_t end = 0;
        std::uint16_t track = 0;  ///< index in the song
        Pitch pitch;
        Velocity velocity;
        Part part = Part::seed;
        bool drums = false;
        std::uint8_t shade = 0;  ///< numbers the tracks of the part, drums left out

        bool operator==(const ShownNote&) const = default;
    };

    RollNotes() = default;
    /// Notes from `takeBegin` on belong to the take.
    RollNotes(const Song& song, Tick takeBegin);
    /// Notes that begin in `take` belong to the take, but for those that `seed` has in the same track too.
    RollNotes(const Song& song, TickRange take, const Song& seed);

    /// Takes the take's notes anew from `song`, whose notes before `takeBegin` must be those that are here already.
    void replaceTake(const Song& song, Tick takeBegin);

    bool isEmpty() const { return m_notes.empty(); }
    std::size_t size() const { return m_notes.size(); }
    /// Of all notes but drums, if there are others; both middle C without notes.
    Pitch lowest() const { return m_lowest; }
    Pitch highest() const { return m_highest; }

    /// All notes that sound in `range`, by onset, and perhaps some that have ended before it.
    std::span<const ShownNote> around(TickRange range) const;
    /// The note that is on top at this place, or null.
    const ShownNote* at(Tick tick, Pitch pitch) const;

private:
    void append(const Song& song, TickRange range, Part part);
    void measure();

    std::vector<ShownNote> m_notes;
    std::vector<std::int64_t> m_latestEnd;  ///< of the notes up to and with the one of this index
    Pitch m_lowest = Pitch::clamped(60);
    Pitch m_highest = Pitch::clamped(60);
};

}  // namespace ricercar
