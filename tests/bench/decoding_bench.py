#!/usr/bin/env python3
"""Decoding speed beside libtorch's modules and plain PyTorch: the bundled model's weights, one token a step for each of
some rows, caches half full, one thread, in turns. OpenBLAS is told to use the AVX-512 that the processor has, which
Debian 12's does not know of newer ones.

    tests/bench/decoding_bench.py BUILD/bin     (needs Debian's python3-torch; run it with /usr/bin/python3)

Prints a table of tokens per second of processor time, medians of some rounds, with how many times the peers' that is.
"""
import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "resources/bench/plain_network.py"
MODEL = ROOT / "resources/models/default.safetensors"
ROWS = (1, 4, 8)
ROUNDS = 5


def environment() -> dict[str, str]:
    ours = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    if re.search(r"\bavx512f\b", Path("/proc/cpuinfo").read_text()):
        ours["OPENBLAS_CORETYPE"] = "SkylakeX"
    return os.environ | ours


def printed(*command) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment()).stdout


def bench(program: Path, name: str) -> float:
    found = json.loads(printed(program, f"--benchmark_filter={name}$", "--benchmark_format=json"))["benchmarks"][0]
    if "error_message" in found:
        sys.exit(f"{program}: {found['error_message']}")
    return found["items_per_second"]


def main() -> None:
    folder = Path(sys.argv[1])
    print("| rows | this program | libtorch modules | ratio | plain PyTorch | ratio |\n| --- | --- | --- | --- | --- | --- |")
    for rows in ROWS:
        rounds = [(bench(folder / "generation_bench", f"decodeStep/int8/{rows}"),
                   bench(folder / "libtorch_decoding_bench", f"decodeStep/{rows}"),
                   float(printed(sys.executable, PEER, "decode", MODEL, str(rows)))) for _ in range(ROUNDS)]
        own, modules, plain = (statistics.median(each) for each in zip(*rounds))
        print(f"| {rows} | {own:,.0f} | {modules:,.0f} | {own / modules:.1f} | {plain:,.0f} | {own / plain:.1f} |", flush=True)


if __name__ == "__main__":
    main()
