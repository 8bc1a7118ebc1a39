#include "core/engine/seed_source.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/edit/bars.h"
#include "core/engine/base64.h"
#include "core/engine/rpc/params.h"
#include "core/midi/smf_reader.h"

namespace ricercar {

namespace {

constexpr int mostBars = 1'000'000;

tl::unexpected<RpcError> invalid(std::string message) {
    return refused(RpcErrorCode::invalidParams, std::move(message));
}

RpcResult<Song> readMidi(Params& params) {
    const bool embedded = params.has("midi");
    const std::string source = params.text(embedded ? "midi" : "path");
    const auto first = static_cast<int>(params.integer("firstBar", 1, mostBars, 1));
    const auto last = static_cast<int>(params.integer("lastBar", 1, mostBars, mostBars));
    const auto bytes = embedded ? fromBase64(source) : std::vector<std::byte>();
    if (params.fault() || !bytes) {
        return invalid(params.fault().value_or("\"seed.midi\" must be base64"));
    }
    const auto reading = embedded ? readSmf(*bytes) : readSmfFile(source);
    if (!reading) {
        return refused(RpcErrorCode::requestFailed, reading.error().message);
    }
    const int bars = barCount(reading->song);
    if (first > last || first > bars) {
        return refused(RpcErrorCode::requestFailed,
                       fmt::format("the seed has {} bars: none from {} to {}", bars, first, last));
    }
    return barsOf(reading->song, first - 1, std::min(last, bars) - 1);
}

/// The channel of a track that is no drums: 0 to 15 in turn, without the drums' own.
Channel melodicChannel(int track) {
    const int number = track % 15;
    return Channel::clamped(number < drumChannel.midi() ? number : number + 1);
}

RpcResult<Song> readNotes(const Json& seed) {
    constexpr int mostTracks = 64;
    constexpr double longestQuarters = 100'000;
    Song song;
    Params params(seed, "seed.");
    song.tempi = {tempoAt(Tick{0}, params.number("tempo", 10, 1000, 120))};
    Meter meter;
    meter.numerator = static_cast<std::uint8_t>(params.integer("numerator", 1, 255, 4));
    const auto denominator = params.integer("denominator", 1, 128, 4);
    if (params.fault() || (denominator & (denominator - 1)) != 0) {
        return invalid(params.fault().value_or("\"seed.denominator\" must be a power of two"));
    }
    meter.denominator = static_cast<std::uint8_t>(denominator);
    song.meters = {{Tick{0}, meter}};

    std::vector<Track> tracks;
    for (const Json& json : seed["notes"]) {
        Params fields(json, "seed.notes[].");
        const auto ticks = [&](double quarters) { return std::llround(quarters * song.ticksPerQuarter); };
        const auto index = static_cast<std::size_t>(fields.integer("track", 0, mostTracks - 1, 0));
        const int program = static_cast<int>(fields.integer("program", 0, 127, 0));
        const bool drum = fields.flag("drum", false);
        Note note;
        note.onset = Tick{ticks(fields.number("onset", 0, longestQuarters))};
        note.duration = TickDelta{std::max(1LL, ticks(fields.number("duration", 0, longestQuarters)))};
        note.pitch = Pitch::clamped(static_cast<int>(fields.integer("pitch", 0, 127)));
        note.velocity = Velocity::clamped(static_cast<int>(fields.integer("velocity", 1, 127, 80)));
        if (fields.fault()) {
            return invalid(*fields.fault());
        }
        while (tracks.size() <= index) {
            const Channel channel = melodicChannel(static_cast<int>(tracks.size()));
            tracks.emplace_back().channel = channel;
        }
        Track& track = tracks[index];
        if (track.notes.empty()) {
            track.channel = drum ? drumChannel : track.channel;
            track.programs = {{Tick{0}, Program::clamped(program)}};
        }
        track.notes.push_back(note);
    }
    for (Track& track : tracks) {
        sortEvents(track);
        song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    song.end = lastNoteEnd(song);
    song.end = meterMap(song).barStart(barCount(song));
    return song;
}

}  // namespace

RpcResult<Song> readSeed(const Json& seed) {
    Params params(seed, "seed.");
    if (params.has("midi") || params.has("path")) {
        return readMidi(params);
    }
    if (params.has("notes")) {
        return seed["notes"].is_array() ? readNotes(seed) : invalid("\"seed.notes\" must be a list");
    }
    if (params.fault() || !seed.empty()) {
        return invalid("\"seed\" must have \"midi\", \"path\" or \"notes\", or be empty");
    }
    return Song{};
}

}  // namespace ricercar
