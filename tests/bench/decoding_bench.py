#!/usr/bin/env python3
"""Decoding speed beside plain PyTorch: the bundled model's weights, one token a step for each of some rows, caches half
full, one thread, in turns.

    tests/bench/decoding_bench.py GENERATION_BENCH     (needs Debian's python3-torch; run it with /usr/bin/python3)

Prints tokens per second of processor time of each and their ratio.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "resources/bench/plain_network.py"
ROUNDS = 3


def peer(rows: int) -> float:
    command = [sys.executable, PEER, "decode", ROOT / "resources/models/default.safetensors", str(rows)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def ours(bench: str) -> dict[int, float]:
    command = [bench, "--benchmark_filter=decodeStep/int8", "--benchmark_format=json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)["benchmarks"]
    return {int(re.search(r"\d+$", each["name"])[0]): each["items_per_second"] for each in found}


def main() -> None:
    for round_ in range(ROUNDS):
        for rows, own in ours(sys.argv[1]).items():
            plain = peer(rows)
            print(f"round {round_ + 1}, {rows} rows: {own:.0f} tokens/s, plain PyTorch {plain:.0f}, ratio {own / plain:.1f}",
                  flush=True)


if __name__ == "__main__":
    main()
