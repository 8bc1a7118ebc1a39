#!/usr/bin/env python3
"""How often bars come back: in windows of 16 bars at random places of the pieces of each folder.

    tools/returning_bars.py FOLDER [...] [--windows 3]

FOLDERs hold MIDI files, e.g. held-out pieces and the takes that `evaluate --protocol music --out` left. A bar comes back
when 85 % of the neighbouring pairs of its house tokens (position, velocity, pitch, duration) are also those of an earlier bar
of the window, at most twelve bars before. Bars of fewer than four tokens are left out. `--windows` is how many of each piece.
"""
import argparse
import json
import random
from collections import Counter
from pathlib import Path

from engine import engine

WINDOW, REACH, LIKENESS, LEAST = 16, 12, 0.85, 4
DISTANCES = (1, 2, 4, 8)


def pieces_of(folder: Path) -> list[list[list[str]]]:
    """The tokens of each bar of each piece, without metre and tempo."""
    first, *lines = engine("scan", folder, "--vocabulary", "house-2", "--tokens").splitlines()
    texts = json.loads(first)["texts"]
    pieces = []
    for line in lines:
        bars = []
        for token in json.loads(line)["tokens"]:
            if texts[token].startswith("Bar "):
                bars.append([])
            elif not texts[token].startswith(("Start", "Tempo ", "End")):
                bars[-1].append(texts[token])
        pieces.append(bars)
    return pieces


def alike(a: list[str], b: list[str]) -> bool:
    pairs, others = Counter(zip(a, a[1:])), Counter(zip(b, b[1:]))
    return 2 * (pairs & others).total() >= LIKENESS * (pairs.total() + others.total())


def row(folder: Path, windows: int) -> list[str]:
    chance = random.Random(1)
    bars = returning = judged = with_any = followed = gone_on = 0
    at, possible = Counter(), Counter()
    for piece in pieces_of(folder):
        for _ in range(windows if len(piece) >= WINDOW else 0):
            begin = chance.randint(0, len(piece) - WINDOW)
            window = piece[begin:begin + WINDOW]
            of_bar = [{distance for distance in range(1, min(bar, REACH) + 1) if alike(window[bar], window[bar - distance])}
                      if len(window[bar]) >= LEAST else set() for bar in range(WINDOW)]
            judged += 1
            with_any += any(of_bar)
            for bar in range(1, WINDOW):
                if len(window[bar]) < LEAST:
                    continue
                bars += 1
                returning += bool(of_bar[bar])
                at.update(of_bar[bar])
                possible.update(range(1, min(bar, REACH) + 1))
                followed += len(of_bar[bar - 1] & {4, 8})
                gone_on += len(of_bar[bar - 1] & of_bar[bar] & {4, 8})
    def percent(part: int, whole: int) -> str:
        return f"{100 * part / max(1, whole):.1f} %"
    return [str(folder), str(judged), percent(returning, bars), *(percent(at[distance], possible[distance]) for distance in DISTANCES),
            percent(with_any, judged), percent(gone_on, followed)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--windows", type=int, default=3)
    options = parser.parse_intermixed_args()
    header = ["folder", "windows", "bars that come back", *(f"after {distance}" for distance in DISTANCES), "windows with one",
              "the next one too, after 4 or 8"]
    for cells in (header, ["---"] * len(header), *(row(folder, options.windows) for folder in options.folders)):
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
