#!/usr/bin/env python3
"""Writes the example seeds of resources/examples, composed for Ricercar, from the note lists below.

    tools/make_examples.py [FOLDER]

Notation of a line, separated by spaces: a pitch ("F#4"), a chord ("D4+F#4") or a rest ("r"), each with its length in
quarters after a slash, which stays in force until the next; "|" is a bar line, and the script fails where it does not
fall on one; "," ends a phrase. Drums are written as steps of a sixteenth: X loud, x normal, o soft, . nothing.
"""

import math
import pathlib
import sys
from dataclasses import dataclass

import smf

DRUMS = {"kick": 36, "stick": 37, "snare": 38, "clap": 39, "hat": 42, "open hat": 46, "crash": 49, "ride": 51}


@dataclass
class Part:
    name: str
    program: int | None  # General MIDI, from 0; None: drums
    text: str = ""
    velocity: int = 76
    swell: int = 12  # how much louder the middle of a phrase is
    length: float = 1.0  # sounding part of the written length
    steps: dict | None = None  # drums: instrument -> steps of all bars


@dataclass
class Example:
    title: str
    tempo: float
    meter: tuple
    sharps: int
    minor: bool
    parts: list

    @property
    def bar(self):
        return 4 * self.meter[0] / self.meter[1]


def pitch(name):
    """"Bb3" -> 58."""
    octave = name.lstrip("ABCDEFG#b")
    letter, accidentals = name[0], name[1:len(name) - len(octave)]
    semitone = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter]
    return 12 * (int(octave) + 1) + semitone + accidentals.count("#") - accidentals.count("b")


def parse_phrases(text, bar):
    """The phrases of a line, each a list of (onset, duration, pitches), and the length of the line."""
    phrases, phrase, now, length = [], [], 0.0, 1.0
    for token in text.split():
        if token == "|":
            assert now % bar == 0, f"bar line at quarter {now}: {text}"
        elif token == ",":
            phrases.append(phrase)
            phrase = []
        else:
            what, _, written = token.partition("/")
            length = float(written) if written else length
            if what != "r":
                phrase.append((now, length, [pitch(name) for name in what.split("+")]))
            now += length
    assert now % bar == 0, f"ends inside a bar: {text}"
    return [*phrases, phrase], now


def accent(onset, bar):
    """How much the metre stresses a moment."""
    return 6 if onset % bar == 0 else 2 if onset % 1 == 0 else 0


def line_notes(part, bar):
    """The notes of a written line and its length: phrases swell and fade, the first beat is stressed."""
    phrases, end = parse_phrases(part.text, bar)
    notes = []
    for phrase in filter(None, phrases):
        begin, span = phrase[0][0], phrase[-1][0] + phrase[-1][1] - phrase[0][0]
        for onset, length, pitches in phrase:
            arch = part.swell * math.sin(math.pi * (onset + length / 2 - begin) / span)
            velocity = round(part.velocity - part.swell / 2 + arch + accent(onset, bar))
            notes += [(onset, length * part.length, number, velocity) for number in pitches]
    return notes, end


def drum_notes(part):
    """The notes of a drum part and its length."""
    loudness = {"X": 18, "x": 0, "o": -28}
    notes, end = [], 0
    for name, steps in part.steps.items():
        steps = "".join(steps.split())
        end = max(end, len(steps) / 4)
        notes += [(step / 4, 0.25, DRUMS[name], part.velocity + loudness[mark])
                  for step, mark in enumerate(steps) if mark != "."]
    return sorted(notes), end


def example_file(example):
    """The example as bytes of a Standard MIDI File."""
    lines = [drum_notes(part) if part.steps else line_notes(part, example.bar) for part in example.parts]
    lengths = {end for _, end in lines}
    assert len(lengths) == 1, f"{example.title}: parts of unequal length {lengths}"
    end = smf.ticks(lengths.pop())
    channels = iter([channel for channel in range(16) if channel != 9])
    tracks = [smf.conductor(example.title, example.tempo, example.meter, example.sharps, example.minor, end)]
    for part, (notes, _) in zip(example.parts, lines):
        channel = 9 if part.program is None else next(channels)
        tracks.append(smf.instrument(part.name, channel, part.program, notes, end))
    return smf.file(tracks)


def arpeggio(chords, shape):
    """Sixteenths that walk through each bar's chord by the digits of `shape`."""
    return " | ".join(" ".join(f"{chord.split()[int(step)]}/.25" for step in shape) for chord in chords)


EXAMPLES = [
    Example("Lantern walk", 96, (4, 4), -1, True, [
        Part("Piano, right hand", 0, """
            r/.5 A4 D5/1 E5/.5 F5/1 E5/.5 | D5/1.5 C5/.5 D5 Bb4/1 A4/.5 , |
            G4 Bb4 D5/1 G5/1.5 F5/.5 | E5/1 D5/.5 E5 C#5/1.5 r/.5""", velocity=84),
        Part("Piano, left hand", 0, """
            D3/1 A3+D4+F4 A2 A3+D4+F4 | Bb2 Bb3+D4+F4 F3 Bb3+D4+F4 , |
            G2 Bb3+D4+G4 D3 Bb3+D4+G4 | A2 A3+C#4+E4 E3 A3+C#4+G4""", velocity=62, swell=8),
    ]),
    Example("River, evening", 72, (4, 4), -1, False, [
        Part("Violin I", 40, """
            A4/1.5 Bb4/.5 C5/2 | C5/1 Bb4/.5 A4 G4/2 , | A4/1.5 G4/.5 F4/1 D5 | D5 C5/.5 Bb4 C5/2 , |
            D5/1.5 C5/.5 Bb4/1 G4 | Bb4 A4/.5 G4 C5/2 , | D5/1 F5 E5/1.5 C5/.5 | F5/3 r/1""", velocity=82),
        Part("Violin II", 40, """
            F4/2 A4 | G4 E4 , | F4 D4/1 F4 | F4/4 , | G4/2 D4 | E4/2 G4 , | Bb4 G4 | A4/3 r/1""", velocity=68),
        Part("Viola", 41, """
            A3/.5 C4 F4 C4 A3 C4 F4 C4 | G3 C4 E4 C4 G3 C4 E4 C4 , |
            A3 D4 F4 D4 A3 D4 F4 D4 | Bb3 D4 F4 D4 A3 C4 F4 C4 , |
            Bb3 D4 G4 D4 Bb3 D4 G4 D4 | Bb3 C4 E4 C4 G3 C4 E4 C4 , |
            Bb3 D4 F4 D4 Bb3 C4 E4 C4 | A3 C4 F4 C4 A3/1 r""", velocity=60, swell=8),
        Part("Cello", 42, """
            F2/3 C3/1 | E3/3 C3/1 , | D3/3 A2/1 | Bb2/2 A2 , | G2/3 D3/1 | C3/2 E3 , | Bb2 C3 | F2/3 r/1""",
             velocity=70),
    ]),
    Example("Clockwork", 128, (4, 4), 0, True, [
        Part("Pulse lead", 80, """
            E5/.5 r/.25 E5 A5/.75 G5/.25 E5/1 C5/.5 r , | F5 r/.25 F5 A5/.75 G5/.25 F5/1 C5/.5 r , |
            G5 r/.25 G5 C6/.75 B5/.25 G5/1 E5/.5 r , | E5 G#5 B5 D6 C6 B5 G#5 r""", velocity=88, swell=8),
        Part("Pulse arpeggio", 80,
             arpeggio(["A3 C4 E4", "A3 C4 F4", "G3 C4 E4", "G#3 B3 E4"], "0121" * 4), velocity=58, swell=6),
        Part("Bass", 38, """
            A2/.5 A3 A2 A3 A2 A3 A2 A3 | F2 F3 F2 F3 F2 F3 F2 F3 |
            C2 C3 C2 C3 C2 C3 C2 C3 | E2 E3 E2 E3 E2 E3 G#2 G#3""", velocity=78, swell=4, length=0.75),
        Part("Drums", None, velocity=84, steps={
            "hat": "X.xxx.xxX.xxx.xx" * 4,
            "kick": "X.......X......." * 3 + "X.......X.X.....",
            "snare": "....X.......X..." * 3 + "....X.......X.xX",
        }),
    ]),
    Example("First snow", 84, (3, 4), 1, False, [
        Part("Music box, melody", 10, """
            B5/1 A5/.5 G5 D5/1 | A5 G5/.5 F#5 D5/1 , | G5 F#5/.5 E5 B4/1 | E5 F#5/.5 G5 A5/1 , |
            B5/1.5 C6/.5 D6/1 | C6 B5/.5 A5 E5/1 , | F#5 A5/.5 C6 B5 A5 | G5/2 r/1""", velocity=80),
        Part("Music box, left", 10, """
            G3/.5 D4 G4 B4 G4 D4 | F#3 D4 F#4 A4 F#4 D4 , | E3 B3 E4 G4 E4 B3 | C3 G3 E4 G4 E4 G3 , |
            B3 D4 G4 B4 G4 D4 | A3 C4 E4 A4 E4 C4 , | D3 A3 C4 F#4 C4 A3 | G3 D4 G4 B4 r/1""",
             velocity=58, swell=8),
    ]),
    Example("Harbour bell", 60, (4, 4), -3, True, [
        Part("Soprano", 52, """
            G4/3 A4/1 | C5/2 Bb4/1 A4 , | G4/2 F4/1 Eb4 | F4/3 G4/1 , |
            Bb4/2 G4 | A4 C5 , | Bb4/3 A4/1 | G4/3 r/1""", velocity=76),
        Part("Alto", 52, "Eb4/4 | F4 , | Eb4/2 C4 | D4/4 , | Eb4 | F4 , | D4 | Eb4/3 r/1", velocity=66),
        Part("Tenor", 52, "C4/4 | A3 , | C4/2 G3 | Bb3/4 , | Bb3 | C4 , | G3 | G3/3 r/1", velocity=66),
        Part("Bass", 52, "C3/4 | F2 , | C3 | Bb2 , | Eb3/2 G2 | F2/4 , | G2 | C3/3 r/1", velocity=70),
        Part("Bell", 14, "C5/4 | r | G4 | r | G4 | r | D5 | C5/3 r/1", velocity=72, swell=0),
    ]),
    Example("Paper boats", 110, (4, 4), 1, True, [
        Part("Flute", 73, """
            B5/1.5 A5/.5 G5/1 E5 | G5/1.5 F#5/.5 E5/1.5 r/.5 , | C6/1.5 B5/.5 A5/1 E5 | F#5 G5/.5 A5 B5/1.5 r/.5""",
             velocity=80),
        Part("Guitar", 24, """
            E3/.5 B3 E4 G4 B4 G4 E4 B3 | C3 G3 E4 G4 B4 G4 E4 G3 , |
            A2 E3 C4 E4 A4 E4 C4 E3 | B2 F#3 A3 D#4 F#4 D#4 A3 F#3""", velocity=66, swell=8),
    ]),
    Example("Threshing day", 168, (6, 8), 2, False, [
        Part("Fiddle", 40, """
            D5/.5 F#5 A5 A5/1 F#5/.5 | G5 B5 G5 F#5/1 D5/.5 | E5 F#5 G5 F#5 E5 D5 | C#5/1 E5/.5 A4/1.5 , |
            D5/.5 F#5 A5 A5/1 B5/.5 | D6/1 B5/.5 A5 F#5 D5 | E5 G5 F#5 E5 D5 C#5 | D5/1 A4/.5 D5/1 r/.5""",
             velocity=86),
        Part("Guitar", 25, """
            D3/1 A3+D4+F#4/.5 A2/1 A3+D4+F#4/.5 | G2/1 B3+D4+G4/.5 D3/1 A3+D4+F#4/.5 |
            E3/1 B3+E4+G4/.5 B2/1 B3+E4+G4/.5 | A2/1 A3+C#4+E4/.5 E3/1 A3+C#4+E4/.5 , |
            D3/1 A3+D4+F#4/.5 A2/1 A3+D4+F#4/.5 | G2/1 B3+D4+G4/.5 D3/1 A3+D4+F#4/.5 |
            A2/1 A3+C#4+G4/.5 E3/1 A3+C#4+G4/.5 | D3/1 A3+D4+F#4/.5 D3/1 r/.5""", velocity=64, swell=6, length=0.75),
    ]),
    Example("Basement light", 92, (4, 4), -3, True, [
        Part("Electric piano", 4, """
            r/.5 Eb4+G4+Bb4+D5/1 r/.25 Eb4+G4+Bb4+D5 r/.5 Eb4+G4+Bb4/1 r/.5 |
            r Eb4+G4+C5/1 r/.25 Eb4+G4+C5 r/.5 Eb4+G4+C5/1 r/.5 , |
            r Eb4+Ab4+C5/1 r/.25 Eb4+Ab4+C5 r/.5 Eb4+Ab4+C5/1 r/.5 |
            r F4+B4+D5/1 r/.25 F4+B4+D5 r/.5 F4+Ab4+B4/1 r/.5""", velocity=68, swell=10),
        Part("Bass", 33, """
            C2/.75 r/.25 C2 r Eb2/.5 r G2 Bb2 C3/.25 r | Ab1/.75 r/.25 Ab1 r C2/.5 r Eb2 G2 Ab2/.25 r , |
            F2/.75 r/.25 F2 r Ab2/.5 r C3 Eb3 C3/.25 r | G2/.75 r/.25 G2 r B2/.5 r D3 F3 B2/.25 r""",
             velocity=86, swell=6),
        Part("Drums", None, velocity=80, steps={
            "crash": "X..............." + "." * 48,
            "hat": "x.x.X.x.x.x.X.xo" * 3 + "x.x.X.x.x.x.X...",
            "open hat": "." * 48 + "..............x.",
            "kick": "X..x..x...x....." * 3 + "X..x..x...x..x..",
            "snare": "....X..o.o..X..o" * 3 + "....X..o.o..X.oX",
        }),
    ]),
    Example("Neon tide", 118, (4, 4), 3, True, [
        Part("Lead", 81, """
            r/4 | r | r | r/2 E5/1 G#5 | C#6/2 A5/1.5 B5/.5 | A5/3 r/1 , | D6/2 B5/1.5 C#6/.5 | G#5/3 r/1""",
             velocity=78),
        Part("Arpeggio", 81,
             arpeggio(["F#4 A4 C#5 F#5", "F#4 A4 D5 F#5", "E4 A4 C#5 E5", "E4 G#4 B4 E5",
                       "F#4 A4 C#5 F#5", "F#4 A4 D5 F#5", "F#4 B4 D5 F#5", "E#4 G#4 C#5 E#5"], "0123212301232321"),
             velocity=62, swell=14, length=0.75),
        Part("Pad", 89, """
            F#3+A3+C#4/4 | F#3+A3+D4 | E3+A3+C#4 | E3+G#3+B3 , |
            F#3+A3+C#4 | F#3+A3+D4 | F#3+B3+D4 | E#3+G#3+C#4""", velocity=56),
        Part("Bass", 38, " | ".join(f"r/.5 {root} r {root} r {root} r {root}"
                                    for root in "F#2 D2 A1 E2 F#2 D2 B1 C#2".split()), velocity=84, swell=4),
        Part("Drums", None, velocity=84, steps={
            "kick": "X...X...X...X..." * 8,
            "clap": "." * 64 + "....x.......x..." * 4,
            "hat": "..x...x...x...x." * 8,
        }),
    ]),
    Example("Empty ballroom", 150, (3, 4), -2, False, [
        Part("Piano, right hand", 0, """
            F5/2 D5/1 | G5/1.5 F5/.5 D5/1 | Eb5/2 C5/1 | A4 C5 Eb5 , |
            D5/2 F5/1 | G5 Bb5/1.5 G5/.5 | F5/1 D5 C5/.5 A4 | Bb4/2 r/1""", velocity=82, swell=16),
        Part("Piano, left hand", 0, """
            Bb2/1 Bb3+D4+F4 Bb3+D4+F4 | G2 Bb3+D4+G4 Bb3+D4+G4 | C3 G3+C4+Eb4 G3+C4+Eb4 | F2 A3+C4+Eb4 A3+C4+Eb4 , |
            Bb2 Bb3+D4+F4 Bb3+D4+F4 | Eb3 Bb3+Eb4+G4 Bb3+Eb4+G4 | F2 Bb3+D4 A3+Eb4 | Bb2 Bb3+D4+F4 r""",
             velocity=58, swell=8),
    ]),
    Example("Three voices", 84, (4, 4), -2, True, [
        Part("Soprano", 19, """
            r/4 | r | D5/1 G5 F5/1.5 E5/.5 | D5 C#5 D5 E5 F5 G5 A5/1 , |
            G5 F5/.5 Eb5 D5/1 G5/.5 F#5 | Eb5 D5 Bb4 C5 D5 Eb5 D5/1 , | Eb5 D5/.5 C5 Bb4/1 A4 | Bb4/3 r/1""",
             velocity=74),
        Part("Alto", 19, """
            G4/1 D5 Bb4/1.5 A4/.5 | G4 F#4 G4 A4 Bb4 C5 D5/1 , |
            Bb4/.5 A4 G4 Bb4 A4/1 D5/.5 C#5 | Bb4 A4 F4 G4 A4 Bb4 A4/1 , |
            Bb4 A4 F4 D4 | C4 D4 G4 F#4 , | G4 G4/.5 F#4 G4/1 F#4 | G4/3 r/1""", velocity=72),
        Part("Bass", 19, """
            r/4 | r | r | r | G2/1 D3 Bb2/1.5 A2/.5 | G2 F#2 G2 A2 Bb2 C3 D3/1 , |
            C3 Bb2/.5 A2 D3/1 D2 | G2/3 r/1""", velocity=76),
    ]),
    Example("Crooked stair", 132, (5, 4), 2, True, [
        Part("Vibraphone", 11, """
            r/.5 F#5 B5/1 A5/.5 F#5 D5/1 C#5/.5 D5 | B4/2 r/.5 D5 E5 F#5 G5/1 , |
            r/.5 G5 B5/1 A5/.5 G5 E5/1 D5/.5 E5 | C#5/2 r/.5 E5 D5 C#5 A#4/1""", velocity=82),
        Part("Guitar", 26, """
            r/1.5 A3+D4+F#4/.5 r/1 A3+D4+F#4/2 | r/1.5 B3+D4+F#4/.5 r/1 B3+D4+F#4/2 , |
            r/1.5 B3+D4+G4/.5 r/1 B3+D4+G4/2 | r/1.5 A#3+C#4+E4/.5 r/1 A#3+C#4+E4/2""", velocity=60, swell=8),
        Part("Double bass", 32, """
            B2/1.5 B2/.5 D3/1 F#2 A2 | G2/1.5 G2/.5 B2/1 D3 B2 , |
            E2/1.5 E2/.5 G2/1 B2 G2 | F#2/1.5 F#2/.5 A#2/1 C#3 A#2""", velocity=80, swell=8),
        Part("Drums", None, velocity=66, steps={
            "ride": "X...x.x.x...X...x.x." * 4,
            "kick": "X.....x............." * 4,
            "stick": "............x......." * 3 + "............x..o..x.",
        }),
    ]),
]


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        pathlib.Path(__file__).resolve().parent.parent / "resources" / "examples")
    folder.mkdir(parents=True, exist_ok=True)
    for example in EXAMPLES:
        (folder / f"{example.title}.mid").write_bytes(example_file(example))


if __name__ == "__main__":
    main()
