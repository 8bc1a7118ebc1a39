#include "core/edit/fill_in.h"

#include <algorithm>

#include "core/edit/bars.h"

namespace ricercar {

namespace {

constexpr int mostBars = 100'000;
constexpr int mostTracks = 65'536;

Result<int> numberIn(const Json& json, const char* name, int lowest, int highest) {
    auto number = field<int>(json, name);
    if (number && (*number < lowest || *number > highest)) {
        return failure("\"{}\" is {}, outside {} to {}", name, *number, lowest, highest);
    }
    return number;
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
    if (fill.writesAll()) {
        stays.tracks.clear();
        return stays;
    }
    std::vector<std::shared_ptr<const Track>> tracks;
    for (std::size_t index = 0; index < stays.tracks.size(); ++index) {
        if (std::find(fill.tracks.begin(), fill.tracks.end(), index) == fill.tracks.end()) {
            tracks.push_back(stays.tracks[index]);
        }
    }
    stays.tracks = std::move(tracks);
    return stays;
}

Song filled(const Song& song, const FillIn& fill, const Song& bars) {
    const int last = barCount(song) - 1;
    const Song begun = fill.firstBar > 0 ? joined(barsOf(song, 0, fill.firstBar - 1), bars) : bars;
    return fill.lastBar < last ? joined(begun, barsOf(song, fill.lastBar + 1, last)) : begun;
}

}  // namespace ricercar
