"""Looks for the notes of a MIDI file in a sound file: Goertzel's algorithm, standard library only."""

import array
import math
import wave

WINDOW = 0.12  # seconds; long enough to tell semitones apart from C4 on


def read_mono(path):
    """The samples of a 16-bit WAV file, channels added up, and its rate."""
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2, "16-bit samples expected"
        channels, rate = file.getnchannels(), file.getframerate()
        samples = array.array("h", file.readframes(file.getnframes()))
    return [sum(samples[index:index + channels]) for index in range(0, len(samples), channels)], rate


def power(samples, rate, begin, pitch):
    """The power at a pitch in the window that begins at `begin` seconds, Hann-weighted (Goertzel 1958)."""
    first = max(0, round(begin * rate))
    window = samples[first:first + round(WINDOW * rate)]
    turn = 2 * math.pi / max(1, len(window) - 1)
    coefficient = 2 * math.cos(2 * math.pi * 440 * 2 ** ((pitch - 69) / 12) / rate)
    before, last = 0.0, 0.0
    for index, sample in enumerate(window):
        before, last = last, sample * (0.5 - 0.5 * math.cos(turn * index)) + coefficient * last - before
    return (last * last + before * before - coefficient * last * before) / max(1, len(window))


def begins_at(samples, rate, onset, pitch):
    """Whether a pitch becomes audible at `onset`: at least four times the power just after as just before."""
    after = power(samples, rate, onset + 0.02, pitch)
    return after > 4 * power(samples, rate, onset - WINDOW, pitch) and after > 1e4


def fresh_notes(notes):
    """Of (onset, end, pitch) in seconds those from C4 on whose pitch, or one with a common low harmonic, does not sound
    already: only of these the sound can be asked when they begin."""
    related = (0, 5, 7)
    return [(onset, pitch) for onset, end, pitch in notes if pitch >= 60 and not any(
        (other - pitch) % 12 in related and (other_onset, other) != (onset, pitch)
        and other_onset <= onset + WINDOW and onset < other_end + 0.6
        for other_onset, other_end, other in notes)]
