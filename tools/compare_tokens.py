#!/usr/bin/env python3
"""Compares flat tokens with byte-pair tokens: one network, one processor time, the same music, nats a note.

    tools/compare_tokens.py TRAIN VALID [--minutes 8] [--vocabulary 2048]

Needs Debian's python3-torch: run it with /usr/bin/python3.

TRAIN and VALID are folders of MIDI files. The flat tokens are those of the house vocabulary without conditions. Byte-pair
tokens are learnt from music of TRAIN: again and again the most frequent pair becomes a token of its own, within the bar of
one instrument (with its program) or the head of a bar, never beyond. Both streams are the same pieces in the same order,
each in a key of its own. The Transformer of tools/plain_network.py learns each for the same minutes of processor time on
one thread; merging is not counted. Every token of VALID is judged once, in windows of 512 tokens.

The nats of byte-pair tokens are those of the one segmentation that the merges give, so an upper bound of what that model
gives the music.
"""
import argparse
import json
import math
import subprocess
import time
from pathlib import Path

import numpy as np
import torch

from plain_network import IGNORED, Net, optimiser_of, step

ENGINE = Path(__file__).resolve().parent.parent / "build/release/bin/ricercar-engine"
WIDTH, LAYERS, HEADS = 256, 4, 4
LENGTH, ROWS = 512, 4  # tokens of a window, windows of a step
WARM_UP = 50  # steps
PEAK, LOWEST = 1e-3, 0.05  # learning rate, and its share at the end
LEARNT_FROM = 4_000_000  # flat tokens at most
MERGES_FROM = 1_000_000


def read(folder: Path) -> tuple[list[str], list[np.ndarray]]:
    """What each token says, and the pieces."""
    command = [ENGINE, "scan", folder, "--vocabulary", "house-1", "--tokens"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return json.loads(lines[0])["texts"], [np.array(json.loads(line)["tokens"], np.uint16) for line in lines[1:]]


def of_kinds(texts: list[str], *kinds: str) -> np.ndarray:
    return np.array([text.split()[0] in kinds for text in texts])


def transposed(piece: np.ndarray, semitones: int, is_pitch: np.ndarray) -> np.ndarray:
    """As it is where it would leave the range."""
    moved = np.where(is_pitch[piece], piece + semitones, piece).astype(np.uint16)
    return moved if (is_pitch[moved] == is_pitch[piece]).all() else piece


def merged(stream: np.ndarray, left: int, right: int, symbol: int) -> np.ndarray:
    """Pairs become `symbol`. They never overlap: in the bar of an instrument nothing follows itself."""
    first = np.flatnonzero((stream[:-1] == left) & (stream[1:] == right))
    stream = stream.copy()
    stream[first] = symbol
    return np.delete(stream, first + 1)


def learn_merges(stream: np.ndarray, opens: np.ndarray, size: int) -> list[tuple[int, int]]:
    """The pairs that become the symbols from len(opens) to size - 1. Nothing is merged with a token that `opens`."""
    merges = []
    opens = list(opens)
    while len(opens) < size:
        left, right = stream[:-1], stream[1:]
        inside = ~np.array(opens)[right]
        counts = np.bincount(left[inside].astype(np.int64) * size + right[inside], minlength=size * size)
        merges.append(divmod(int(counts.argmax()), size))
        stream = merged(stream, *merges[-1], len(opens))
        opens.append(opens[merges[-1][0]])
    return merges


def segmented(stream: np.ndarray, merges: list[tuple[int, int]], flat: int) -> np.ndarray:
    for symbol, pair in enumerate(merges, flat):
        stream = merged(stream, *pair, symbol)
    return stream


def split(stream: np.ndarray) -> list[np.ndarray]:
    """Its pieces; each begins with the start token, 0."""
    return np.split(stream, np.flatnonzero(stream == 0)[1:])


def learn(net: Net, stream: np.ndarray, seconds: float) -> int:
    """Learns windows of the stream in random order for so much processor time; returns how many tokens."""
    optimiser = optimiser_of(net)
    begin = time.process_time()
    steps = 0
    order = np.array([], int)
    while (share := (time.process_time() - begin) / seconds) < 1:
        if len(order) < ROWS:
            order = np.random.permutation((len(stream) - 1) // LENGTH) * LENGTH
        chosen, order = order[:ROWS], order[ROWS:]
        windows = torch.from_numpy(np.stack([stream[place:place + LENGTH + 1] for place in chosen]).astype(np.int64))
        targets = windows[:, 1:].masked_fill(windows[:, 1:] == 0, IGNORED)
        for group in optimiser.param_groups:
            cosine = LOWEST + (1 - LOWEST) * (1 + math.cos(math.pi * share)) / 2
            group["lr"] = PEAK * min(1, (steps + 1) / WARM_UP) * cosine
        step(net, optimiser, windows[:, :-1], targets)
        steps += 1
    return steps * ROWS * LENGTH


@torch.no_grad()
def nats(net: Net, pieces: list[np.ndarray]) -> float:
    """Of all tokens of the pieces but the start tokens, each judged once."""
    windows = []
    for piece in pieces:
        for place in range(0, len(piece) - 1, LENGTH):
            window = np.full(LENGTH + 1, IGNORED)
            part = piece[place:place + LENGTH + 1]
            window[:len(part)] = part
            windows.append(window)
    total = 0.0
    for place in range(0, len(windows), ROWS):
        rows = torch.from_numpy(np.stack(windows[place:place + ROWS]))
        total += net.loss(rows[:, :-1].clamp(min=0), rows[:, 1:], reduction="sum").item()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("valid", type=Path)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--vocabulary", type=int, default=2048, help="byte-pair tokens, the flat ones included")
    options = parser.parse_args()
    torch.set_num_threads(1)
    np.random.seed(1)
    texts, pieces = read(options.train)
    held_out = read(options.valid)[1]
    is_pitch = of_kinds(texts, "Pitch")
    is_note = of_kinds(texts, "Pitch", "DrumPitch")
    opens = of_kinds(texts, "Start", "End", "Bar", "Program", "Drums")
    order = np.random.permutation(len(pieces))
    stream = np.concatenate([transposed(pieces[index], np.random.randint(-5, 7), is_pitch) for index in order])
    stream = stream[:LEARNT_FROM]
    merges = learn_merges(stream[:MERGES_FROM], opens, options.vocabulary)
    notes = sum(is_note[piece].sum() for piece in held_out)
    judged = np.concatenate(held_out)
    print("| tokens | vocabulary | tokens a note | weights | learnt tokens | learnt notes | nats a token | nats a note |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, used in (("flat", []), ("byte-pair", merges)):
        music, test = segmented(stream, used, len(texts)), segmented(judged, used, len(texts))
        torch.manual_seed(1)
        net = Net(len(texts) + len(used), WIDTH, LAYERS, HEADS)
        learnt = learn(net, music, options.minutes * 60)
        surprise = nats(net, split(test))
        tokens = len(test) - len(held_out)
        print(f"| {name} | {len(texts) + len(used):,} | {tokens / notes:.2f} | {sum(p.numel() for p in net.parameters()):,} "
              f"| {learnt:,} | {learnt / len(music) * is_note[stream].sum():,.0f} "
              f"| {surprise / tokens:.3f} | {surprise / notes:.3f} |", flush=True)


if __name__ == "__main__":
    main()
