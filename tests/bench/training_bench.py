#!/usr/bin/env python3
"""Training speed beside a plain PyTorch loop: the same network, batch, length, threads and precision, in turns.

    tests/bench/training_bench.py ENGINE FOLDER     (needs Debian's python3-torch; run it with /usr/bin/python3)

ENGINE is ricercar-engine, FOLDER a folder of MIDI files. Prints tokens per second of each and their ratio. The precision
is the engine's own on this processor; plain PyTorch gets the same by autocast, and is measured in float32, too.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = Path(__file__).resolve().parents[2] / "resources/bench/plain_network.py"
ROUNDS = 3


def peer(threads: int, precision: str) -> float:
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    done = subprocess.run([sys.executable, PEER, "train", str(threads), precision], env=environment, check=True,
                          capture_output=True, text=True)
    return float(done.stdout)


def ours(engine: str, folder: str, threads: int) -> tuple[float, str]:
    """The best ten steps of a short run of the house preset, and their precision."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    with tempfile.TemporaryDirectory() as run:
        command = [engine, "train", folder, "--preset", "house", "--minutes", "0.4", "--out", f"{run}/run", "--json"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    precision = next(event["precision"] for event in events if event["event"] == "start")
    return max(event["tokensPerSecond"] for event in events if event["event"] == "step"), precision


def main() -> None:
    engine, folder = sys.argv[1:3]
    threads = max(1, (os.cpu_count() or 1) // 2)
    for round_ in range(ROUNDS):
        speed, precision = ours(engine, folder, threads)
        print(f"round {round_ + 1}: {speed:.0f} tokens/s in {precision}", flush=True)
        for other in sorted({precision, "float32"}):
            plain = peer(threads, other)
            print(f"    plain PyTorch in {other} {plain:.0f} tokens/s, ratio {speed / plain:.2f}", flush=True)


if __name__ == "__main__":
    main()
