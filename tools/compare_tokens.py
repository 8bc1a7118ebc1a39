#!/usr/bin/env python3
"""Compares ways to foretell music: flat tokens, byte-pair tokens, an LSTM; the same music, the same processor time.

    tools/compare_tokens.py TRAIN VALID [--minutes 2] [--vocabulary 2048]

Needs Debian's python3-torch: run it with /usr/bin/python3. TRAIN and VALID are folders of MIDI files.

The flat tokens are those of the house vocabulary without conditions. Byte-pair tokens are learnt from music of TRAIN: again
and again the most frequent pair becomes a token of its own, within the bar of one instrument (with its program) or the head
of a bar, never beyond. Both streams are the same pieces in the same order and in the same random keys. Networks are those
of resources/bench/plain_network.py; each learns for the same minutes of processor time on one thread, merging not counted.
Then every token of VALID is judged once, in windows of 256 tokens, each from nothing.

The nats of byte-pair tokens are those of the one segmentation that the merges give, so an upper bound of what that model
gives the music.
"""
import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engine import engine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "resources/bench"))
from plain_network import IGNORED, Lstm, Transformer, loss_of, optimiser_of, step

LENGTH, ROWS = 256, 8  # tokens of a window, windows of a step
WARM_UP = 50  # steps
LOWEST = 0.05  # the last learning rate, as a share of the peak
LEARNT_FROM = 4_000_000  # flat tokens
MERGES_FROM = 1_000_000


def read(folder: Path) -> tuple[list[str], list[np.ndarray]]:
    """What each token says, and the pieces."""
    lines = engine("scan", folder, "--vocabulary", "house-1", "--tokens").splitlines()
    return json.loads(lines[0])["texts"], [np.array(json.loads(line)["tokens"], np.uint16) for line in lines[1:]]


def of_kinds(texts: list[str], *kinds: str) -> np.ndarray:
    return np.array([text.split()[0] in kinds for text in texts])


def transposed(piece: np.ndarray, semitones: int, is_pitch: np.ndarray) -> np.ndarray:
    """As it is where it would leave the range."""
    moved = np.where(is_pitch[piece], piece + semitones, piece).astype(np.uint16)
    return moved if (is_pitch[moved] == is_pitch[piece]).all() else piece


def stream_of(pieces: list[np.ndarray], is_pitch: np.ndarray) -> np.ndarray:
    """The pieces again and again, each time in another order and each in another key."""
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < LEARNT_FROM:
        order = np.random.permutation(len(pieces))
        parts += [transposed(pieces[index], np.random.randint(-5, 7), is_pitch) for index in order]
    return np.concatenate(parts)[:LEARNT_FROM]


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


def learn(net: nn.Module, stream: np.ndarray, peak: float, seconds: float) -> int:
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
            group["lr"] = peak * min(1, (steps + 1) / WARM_UP) * cosine
        step(net, optimiser, windows[:, :-1], targets)
        steps += 1
    return steps * ROWS * LENGTH


@torch.no_grad()
def nats(net: nn.Module, pieces: list[np.ndarray]) -> float:
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
        total += loss_of(net, rows[:, :-1].clamp(min=0), rows[:, 1:], reduction="sum").item()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("valid", type=Path)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--vocabulary", type=int, default=2048, help="byte-pair tokens, the flat ones included")
    options = parser.parse_args()
    torch.set_num_threads(1)
    np.random.seed(1)
    texts, pieces = read(options.train)
    held_out = read(options.valid)[1]
    is_pitch = of_kinds(texts, "Pitch")
    is_note = of_kinds(texts, "Pitch", "DrumPitch")
    opens = of_kinds(texts, "Start", "End", "Bar", "Program", "Drums")
    stream = stream_of(pieces, is_pitch)
    merges = learn_merges(stream[:MERGES_FROM], opens, options.vocabulary)
    notes = sum(is_note[piece].sum() for piece in held_out)
    judged = np.concatenate(held_out)
    print("| network | tokens | weights | tokens a note | learnt tokens | learnt notes | nats a token | nats a note |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    # As in the presets "fast" and, smaller, "house".
    for name, used, peak, make in (("Transformer", [], 1e-3, lambda size: Transformer(size, 128, 4, 4)),
                                   ("Transformer", merges, 1e-3, lambda size: Transformer(size, 128, 4, 4)),
                                   ("LSTM", [], 3e-3, lambda size: Lstm(size, 256, 2))):
        size = len(texts) + len(used)
        music, test = segmented(stream, used, len(texts)), segmented(judged, used, len(texts))
        torch.manual_seed(1)
        net = make(size)
        learnt = learn(net, music, peak, options.minutes * 60)
        surprise = nats(net, split(test))
        tokens = len(test) - len(held_out)
        print(f"| {name} | {size:,} {'byte-pair' if used else 'flat'} | {sum(p.numel() for p in net.parameters()):,} "
              f"| {tokens / notes:.2f} | {learnt:,} | {learnt / len(music) * is_note[stream].sum():,.0f} "
              f"| {surprise / tokens:.3f} | {surprise / notes:.3f} |", flush=True)


if __name__ == "__main__":
    main()
