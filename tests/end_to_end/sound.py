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
    first = round(begin * rate)
    window = samples[max(0, first):max(0, first + round(WINDOW * rate))]
    turn = 2 * math.pi / max(1, len(window) - 1)
    coefficient = 2 * math.cos(2 * math.pi * 440 * 2 ** ((pitch - 69) / 12) / rate)
    before, last = 0.0, 0.0
    for index, sample in enumerate(window):
        before, last = last, sample * (0.5 - 0.5 * math.cos(turn * index)) + coefficient * last - before
    return (last * last + before * before - coefficient * last * before) / max(1, len(window))


def begins_at(samples, rate, onset, pitch):
    """Whether a pitch becomes audible at `onset`: it is at least four times as strong as just before, and stands out
    from the semitones beside it."""
    after, lower, higher = (power(samples, rate, onset + 0.02, pitch + step) for step in (0, -1, 1))
    return after > 4 * power(samples, rate, onset - WINDOW, pitch) and after > 2 * max(lower, higher)


def fresh_notes(notes):
    """Of (onset, end, pitch) in seconds those from C4 to C7 that can be told from what sounds already: neither their pitch
    nor a semitone beside it nor one with a common low harmonic does."""
    alike = (0, 1, 5, 7, 11)
    return [(onset, pitch) for onset, _, pitch in notes if 60 <= pitch <= 96 and not any(
        (other - pitch) % 12 in alike and (other_onset, other) != (onset, pitch)
        and other_onset <= onset + WINDOW and onset < other_end + 0.6
        for other_onset, other_end, other in notes)]


def spectrogram(samples, rate, longest=math.inf):
    """The magnitudes at the semitones from C2 to C7, every WINDOW seconds from where the sound begins, for `longest`
    seconds at most."""
    first = next(index for index, sample in enumerate(samples) if abs(sample) > 200)
    coarse = [sum(samples[index:index + 4]) for index in range(first, len(samples) - 3, 4)]
    seconds = min(longest, 4 * len(coarse) / rate)
    return [[math.sqrt(power(coarse, rate / 4, index * WINDOW, pitch)) for pitch in range(36, 97)]
            for index in range(int(seconds / WINDOW))]


def likeness(one, other):
    """How much a spectrogram is like another, from -1 to 1: their correlation coefficient over the time that both last."""
    pairs = [(a, b) for row, other_row in zip(one, other) for a, b in zip(row, other_row)]
    means = [sum(column) / len(pairs) for column in zip(*pairs)]
    products = [(a - means[0], b - means[1]) for a, b in pairs]
    return sum(a * b for a, b in products) / math.sqrt(sum(a * a for a, _ in products) * sum(b * b for _, b in products))
