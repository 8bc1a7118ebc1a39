#include "core/midi/smf_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "core/base/files.h"
#include "core/midi/channel_plan.h"

namespace ricercar {

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::int64_t longestDelta = 0x0fffffff;

/// The place of an event among those of the same tick: old notes end first; a bank is chosen before its program.
enum class Order { noteEnd, signature, control, program, bend, note };

struct Event {
    Tick tick;
    Order order;
    int size;
    std::array<std::uint8_t, 7> bytes;
};

void append(Bytes& bytes, std::uint8_t byte) { bytes.push_back(std::byte{byte}); }

void appendText(Bytes& bytes, std::string_view text) {
    for (const char character : text) {
        append(bytes, static_cast<std::uint8_t>(character));
    }
}

void appendBigEndian(Bytes& bytes, std::size_t number, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
        append(bytes, static_cast<std::uint8_t>(number >> shift));
    }
}

void appendNumber(Bytes& bytes, std::int64_t number) {
    for (int shift = 21; shift > 0; shift -= 7) {
        if (number >> shift != 0) {
            append(bytes, static_cast<std::uint8_t>(0x80 | (number >> shift & 0x7f)));
        }
    }
    append(bytes, static_cast<std::uint8_t>(number & 0x7f));
}

/// Time up to the next event; what is too long for one number is bridged by empty text events.
void appendDelta(Bytes& bytes, std::int64_t ticks) {
    for (; ticks > longestDelta; ticks -= longestDelta) {
        appendNumber(bytes, longestDelta);
        appendText(bytes, {"\xff\x01\x00", 3});
    }
    appendNumber(bytes, ticks);
}

/// A track chunk that ends at `end`, or before it where the two are too far apart for one number; `port` is written
/// when it is not 0, an empty name is not.
void appendChunk(Bytes& bytes, std::string_view name, int port, std::vector<Event> events, Tick end) {
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return a.tick != b.tick ? a.tick < b.tick : a.order < b.order;
    });
    appendText(bytes, "MTrk");
    const std::size_t body = bytes.size() + 4;
    appendBigEndian(bytes, 0, 4);
    if (!name.empty()) {
        appendText(bytes, {"\x00\xff\x03", 3});
        appendNumber(bytes, static_cast<std::int64_t>(name.size()));
        appendText(bytes, name);
    }
    if (port != 0) {
        appendText(bytes, {"\x00\xff\x21\x01", 4});
        append(bytes, static_cast<std::uint8_t>(port));
    }
    Tick tick;
    for (const Event& event : events) {
        appendDelta(bytes, (event.tick - tick).value);
        const auto eventBytes = std::as_bytes(std::span(event.bytes)).first(static_cast<std::size_t>(event.size));
        bytes.insert(bytes.end(), eventBytes.begin(), eventBytes.end());
        tick = event.tick;
    }
    appendDelta(bytes, std::clamp<std::int64_t>((end - tick).value, 0, longestDelta));
    appendText(bytes, {"\xff\x2f\x00", 3});
    Bytes length;
    appendBigEndian(length, bytes.size() - body, 4);
    std::copy(length.begin(), length.end(), bytes.begin() + static_cast<std::ptrdiff_t>(body) - 4);
}

Event tempoEvent(const TempoChange& change) {
    const auto byte = [&](int shift) { return static_cast<std::uint8_t>(change.microsecondsPerQuarter >> shift); };
    return {change.tick, Order::signature, 6, {0xff, 0x51, 3, byte(16), byte(8), byte(0)}};
}

Event meterEvent(const MeterChange& change) {
    const auto [numerator, denominator] = change.meter;
    const auto exponent = static_cast<std::uint8_t>(std::countr_zero(denominator));
    const auto clocksPerBeat = static_cast<std::uint8_t>(std::max(1, 96 / denominator));
    return {change.tick, Order::signature, 7, {0xff, 0x58, 4, numerator, exponent, clocksPerBeat, 8}};
}

Event keyEvent(const KeyChange& change) {
    const auto sharps = static_cast<std::uint8_t>(change.sharps);
    return {change.tick, Order::signature, 5, {0xff, 0x59, 2, sharps, static_cast<std::uint8_t>(change.minor)}};
}

std::vector<Event> conductorEvents(const Song& song) {
    std::vector<Event> events;
    if (song.meters.empty() || song.meters.front().tick > Tick{0}) {
        events.push_back(meterEvent({}));
    }
    if (song.tempi.empty() || song.tempi.front().tick > Tick{0}) {
        events.push_back(tempoEvent({}));
    }
    std::transform(song.meters.begin(), song.meters.end(), std::back_inserter(events), meterEvent);
    std::transform(song.keys.begin(), song.keys.end(), std::back_inserter(events), keyEvent);
    std::transform(song.tempi.begin(), song.tempi.end(), std::back_inserter(events), tempoEvent);
    if (song.end.value > longestDelta) {
        events.push_back({song.end, Order::note, 3, {0xff, 0x01, 0}});  // then no other chunk need reach the end
    }
    return events;
}

std::vector<Event> trackEvents(const Track& track, Channel channel) {
    std::vector<Event> events;
    events.reserve(2 * track.notes.size() + track.controls.size() + track.programs.size() + track.bends.size());
    const auto add = [&](Tick tick, Order order, int kind, int first, int second) {
        const int size = kind == 0xc0 ? 2 : 3;
        events.push_back({tick,
                          order,
                          size,
                          {static_cast<std::uint8_t>(kind | channel.midi()), static_cast<std::uint8_t>(first),
                           static_cast<std::uint8_t>(second)}});
    };
    for (const ControlChange& change : track.controls) {
        add(change.tick, Order::control, 0xb0, change.controller, change.value);
    }
    for (const ProgramChange& change : track.programs) {
        add(change.tick, Order::program, 0xc0, change.program.midi(), 0);
    }
    for (const PitchBend& bend : track.bends) {
        const int value = bend.value + 8192;
        add(bend.tick, Order::bend, 0xe0, value & 0x7f, value >> 7);
    }
    for (const Note& note : track.notes) {
        const bool isEmpty = note.duration == TickDelta{0};
        add(note.onset, Order::note, 0x90, note.pitch.midi(), note.velocity.midi());
        add(note.end(), isEmpty ? Order::note : Order::noteEnd, 0x80, note.pitch.midi(), 64);
    }
    return events;
}

}  // namespace

bool holdsAnything(const Track& track) { return track != Track{{}, track.channel, {}, {}, {}, {}}; }

std::vector<std::byte> writeSmf(const Song& song) {
    const auto chunks = 1 + std::count_if(song.tracks.begin(), song.tracks.end(),
                                          [](const auto& track) { return holdsAnything(*track); });
    Bytes bytes;
    appendText(bytes, "MThd");
    appendBigEndian(bytes, 6, 4);
    appendBigEndian(bytes, 1, 2);
    appendBigEndian(bytes, static_cast<std::size_t>(chunks), 2);
    appendBigEndian(bytes, static_cast<std::size_t>(song.ticksPerQuarter), 2);
    appendChunk(bytes, song.title, 0, conductorEvents(song), song.end);
    const auto places = planChannels(song);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Track& track = *song.tracks[i];
        if (holdsAnything(*song.tracks[i])) {
            appendChunk(bytes, track.name, places[i].port, trackEvents(track, places[i].channel), song.end);
        }
    }
    return bytes;
}

Result<void> writeSmfFile(const std::filesystem::path& path, const Song& song) {
    return writeFileAtomically(path, writeSmf(song));
}

}  // namespace ricercar
