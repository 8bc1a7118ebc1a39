#pragma once

#include <optional>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/music/song.h"

namespace ricercar {

/// What shall be written into a song: some of its bars anew, or an instrument that it does not have.
struct FillIn {
    struct Instrument {
        bool drums = false;
        Program program;  ///< of no meaning for drums
        bool operator==(const Instrument&) const = default;
    };

    int firstBar = 0;                 ///< from 0
    int lastBar = 0;                  ///< included
    std::vector<std::size_t> tracks;  ///< of the song, to be written anew there, beside the others
    std::optional<Instrument> added;  ///< to be played there, beside all others

    bool operator==(const FillIn&) const = default;
    /// Nothing stays in these bars but what is written.
    bool writesAll() const { return tracks.empty() && !added; }
};

/// As recipes and the protocol have it, bars counted from 1, tracks from 0; docs/protocol.md has the fields.
Json toJson(const FillIn& fill);
/// The error names the wrong field.
Result<FillIn> fillInFromJson(const Json& json);

/// The bars of `fill`, which `song` has, with the tracks that stay as they are, also those that rest there.
Song staying(const Song& song, const FillIn& fill);
/// `song` with what `bars`, the bars of `fill` as a song of its own, has beyond the tracks that stay (which come first
/// there): each such track takes the place of one of the same instrument that was to be written anew, or is added. All
/// else is as in `song`; what sounds into the bars in a track that is written anew ends on their line.
Song filled(const Song& song, const FillIn& fill, const Song& bars);

}  // namespace ricercar
