#!/usr/bin/env python3
"""Training speed beside a plain PyTorch loop: the same network, batch and length on the same machine, in turns.

    tests/bench/training_bench.py ENGINE FOLDER     (needs Debian's python3-torch; run it with /usr/bin/python3)

ENGINE is ricercar-engine, FOLDER a folder of MIDI files. Prints tokens per second of each and their ratio.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = Path(__file__).resolve().parents[2] / "resources/bench/plain_network.py"
ROUNDS = 3


def peer(threads: int) -> float:
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    done = subprocess.run([sys.executable, PEER, "train", str(threads)], env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout)


def ours(engine: str, folder: str, threads: int) -> float:
    """The best ten steps of a short run of the house preset."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    with tempfile.TemporaryDirectory() as run:
        command = [engine, "train", folder, "--preset", "house", "--minutes", "0.4", "--out", f"{run}/run", "--json"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    steps = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "step"]
    return max(event["tokensPerSecond"] for event in steps)


def main() -> None:
    engine, folder = sys.argv[1:3]
    threads = max(1, (os.cpu_count() or 1) // 2)
    for round_ in range(ROUNDS):
        a, b = ours(engine, folder, threads), peer(threads)
        print(f"round {round_ + 1}: {a:.0f} tokens/s, plain PyTorch {b:.0f} tokens/s, ratio {a / b:.2f}", flush=True)


if __name__ == "__main__":
    main()
