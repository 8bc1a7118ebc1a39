#include "core/edit/fill_in.h"

#include <algorithm>
#include <cmath>

#include "core/edit/bars.h"
#include "core/edit/resolution.h"
#include "core/edit/retime.h"

namespace ricercar {

namespace {

constexpr int mostBars = 100'000;
constexpr int mostTracks = 65'536;

/// Takes 8.0 for 8, as all numbers of the protocol.
Result<int> numberIn(const Json& json, const char* name, int lowest, int highest) {
    return field<double>(json, name).and_then([&](double number) -> Result<int> {
        if (number != std::floor(number) || number < lowest || number > highest) {
            return failure("\"{}\" is {}, no whole number from {} to {}", name, number, lowest, highest);
        }
        return static_cast<int>(number);
    });
}

bool isRewritten(const FillIn& fill, std::size_t track) {
    return fill.writesAll() || std::find(fill.tracks.begin(), fill.tracks.end(), track) != fill.tracks.end();
}

bool sameInstrument(const Track& a, const Track& b) {
    return a.isDrums() == b.isDrums() && (a.isDrums() || a.program() == b.program());
}

/// How many tracks of `bars` are those of `stays`: a MIDI file leaves out tracks that hold nothing.
std::size_t stayingTracks(const Song& bars, const Song& stays) {
    std::size_t count = 0;
    for (const auto& track : stays.tracks) {
        if (count < bars.tracks.size() && bars.tracks[count]->notes == track->notes) {
            ++count;
        }
    }
    return count;
}

/// `track` without the notes that begin in `range`; those that sound into it are cut.
Track without(Track track, TickRange range) {
    std::erase_if(track.notes, [&](const Note& note) { return range.contains(note.onset); });
    for (Note& note : track.notes) {
        if (note.onset < range.begin && note.end() > range.begin) {
            note.duration = range.begin - note.onset;
        }
    }
    return track;
}

}  // namespace

Json toJson(const FillIn& fill) {
    Json json = {{"firstBar", fill.firstBar + 1}, {"lastBar", fill.lastBar + 1}};
    if (!fill.tracks.empty()) {
        json["tracks"] = fill.tracks;
    }
    if (fill.added) {
        json["add"] = fill.added->drums ? Json("drums") : Json(fill.added->program.midi());
    }
    return json;
}

Result<FillIn> fillInFromJson(const Json& json) {
    const auto first = numberIn(json, "firstBar", 1, mostBars);
    const auto last = numberIn(json, "lastBar", 1, mostBars);
    const auto tracks = fieldOr(json, "tracks", std::vector<int>());
    for (const auto* error :
         {first ? nullptr : &first.error(), last ? nullptr : &last.error(), tracks ? nullptr : &tracks.error()}) {
        if (error != nullptr) {
            return tl::make_unexpected(*error);
        }
    }
    FillIn fill{.firstBar = *first - 1, .lastBar = *last - 1, .tracks = {}, .added = {}};
    for (const int track : *tracks) {
        if (track < 0 || track >= mostTracks) {
            return failure("\"tracks\" has {}, which is no track", track);
        }
        fill.tracks.push_back(static_cast<std::size_t>(track));
    }
    if (!json.contains("add")) {
        return fill;
    }
    if (json["add"] == "drums") {
        fill.added = FillIn::Instrument{.drums = true, .program = {}};
        return fill;
    }
    return numberIn(json, "add", 0, 127).map([&](int program) {
        fill.added = FillIn::Instrument{.drums = false, .program = Program::clamped(program)};
        return fill;
    });
}

Song staying(const Song& song, const FillIn& fill) {
    Song stays = barsOf(song, fill.firstBar, fill.lastBar);
    std::vector<std::shared_ptr<const Track>> tracks;
    for (std::size_t index = 0; index < stays.tracks.size(); ++index) {
        if (!isRewritten(fill, index)) {
            tracks.push_back(stays.tracks[index]);
        }
    }
    stays.tracks = std::move(tracks);
    return stays;
}

Song filled(const Song& song, const FillIn& fill, const Song& bars) {
    const TickRange range = meterMap(song).bars(fill.firstBar, fill.lastBar);
    Song result = song;
    std::vector<std::size_t> free;  // tracks that are written anew
    for (std::size_t index = 0; index < song.tracks.size(); ++index) {
        if (isRewritten(fill, index)) {
            result.tracks[index] = std::make_shared<const Track>(without(*song.tracks[index], range));
            free.push_back(index);
        }
    }
    const Song sameGrid = withResolution(bars, song.ticksPerQuarter);
    const Song written = retimed(sameGrid, [&](Tick tick) { return range.begin + (tick - Tick{}); });
    for (std::size_t index = stayingTracks(sameGrid, staying(song, fill)); index < written.tracks.size(); ++index) {
        const Track& track = *written.tracks[index];
        const auto place = std::find_if(free.begin(), free.end(),
                                        [&](std::size_t old) { return sameInstrument(*song.tracks[old], track); });
        if (place == free.end()) {
            result.tracks.push_back(written.tracks[index]);
            continue;
        }
        Track whole = *result.tracks[*place];
        whole.notes.insert(whole.notes.end(), track.notes.begin(), track.notes.end());
        sortEvents(whole);
        result.tracks[*place] = std::make_shared<const Track>(std::move(whole));
        free.erase(place);
    }
    result.end = std::max(result.end, range.end);
    return result;
}

}  // namespace ricercar
