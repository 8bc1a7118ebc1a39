"""Writes Standard MIDI Files from notes given in quarter notes; standard library only."""

import math
import struct

TICKS_PER_QUARTER = 480


def ticks(quarters):
    return round(quarters * TICKS_PER_QUARTER)


def variable_length(number):
    """Seven bits a byte, the first byte highest, all but the last with the top bit set."""
    encoded = [number & 0x7F]
    while number := number >> 7:
        encoded.append(number & 0x7F | 0x80)
    return bytes(reversed(encoded))


def meta(kind, content):
    return bytes([0xFF, kind]) + variable_length(len(content)) + content


def chunk(name, content):
    return name + struct.pack(">I", len(content)) + content


def track(events, end):
    """A track of (tick, bytes) events; those of one tick keep their order. It ends at tick `end`."""
    content, now = b"", 0
    for tick, event in sorted(events, key=lambda item: item[0]) + [(end, meta(0x2F, b""))]:
        content += variable_length(tick - now) + event
        now = tick
    return chunk(b"MTrk", content)


def conductor(title, tempo, meter, sharps, minor, end):
    """The first track: title, quarters a minute, (numerator, denominator), key signature."""
    numerator, denominator = meter
    return track([
        (0, meta(0x03, title.encode())),
        (0, meta(0x51, struct.pack(">I", round(60e6 / tempo))[1:])),
        (0, meta(0x58, bytes([numerator, int(math.log2(denominator)), 24, 8]))),
        (0, meta(0x59, struct.pack("bB", sharps, minor))),
    ], end)


def instrument(name, channel, program, notes, end):
    """One track of (onset, duration, pitch, velocity) notes, times in quarters; drums (channel 9) have no program."""
    events = [(0, meta(0x03, name.encode()))]
    if program is not None:
        events.append((0, bytes([0xC0 | channel, program])))
    offs = [(ticks(onset + duration), bytes([0x80 | channel, pitch, 64])) for onset, duration, pitch, _ in notes]
    ons = [(ticks(onset), bytes([0x90 | channel, pitch, velocity])) for onset, _, pitch, velocity in notes]
    return track(events + offs + ons, end)


def file(tracks):
    return chunk(b"MThd", struct.pack(">HHH", 1, len(tracks), TICKS_PER_QUARTER)) + b"".join(tracks)
