#!/usr/bin/python3
"""Compares the note counts of our reader with those of mido over every .mid file of the corpus.

Usage: midi_agreement.py PROGRAM, where PROGRAM prints "NOTES PATH" for each file it is given (midi_counts). The corpus
is the folder named by RICERCAR_CORPUS; without it or without mido the exit status is 77 (skipped). Files that mido
refuses are not compared; the folder hard-midi, whose faults mido treats in its own way, has a test of its own.
"""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

try:
    import mido
except ImportError:
    print("skipped: python3-mido is not installed")
    sys.exit(77)


def mido_count(path):
    try:
        tracks = mido.MidiFile(path).tracks
    except Exception:  # mido raises errors of many kinds
        return None
    return sum(message.type == "note_on" and message.velocity > 0 for track in tracks for message in track)


def our_counts(program, paths):
    counts = {}
    for first in range(0, len(paths), 500):
        output = subprocess.run([program, *paths[first:first + 500]], check=True, capture_output=True, text=True).stdout
        for line in output.splitlines():
            count, path = line.split(" ", 1)
            counts[path] = None if count == "error" else int(count)
    return counts


def main():
    corpus = os.environ.get("RICERCAR_CORPUS")
    if not corpus:
        print("skipped: RICERCAR_CORPUS is not set")
        return 77
    paths = sorted(str(path) for path in Path(corpus).rglob("*.mid") if "hard-midi" not in path.parts)
    ours = our_counts(sys.argv[1], paths)
    with ProcessPoolExecutor() as pool:
        theirs = dict(zip(paths, pool.map(mido_count, paths, chunksize=50)))
    compared = [path for path in paths if theirs[path] is not None]
    different = [path for path in compared if ours[path] != theirs[path]]
    for path in different:
        print(f"{path}: {ours[path]} notes, mido {theirs[path]}")
    print(f"{len(compared)} of {len(paths)} files compared, {len(different)} differ")
    return 1 if different or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
