#!/usr/bin/env python3
"""How soon music comes, through the real pipe: from `generate/start` to the first `generate/note` and to the last take.

    tests/bench/instant_bench.py ENGINE [--rounds 100] [--training]

ENGINE is ricercar-engine. Each round draws four takes of eight bars with the bundled model after one of the example seeds,
which was prepared before, as the window does when a seed is chosen. With --training a model is trained meanwhile. Prints
milliseconds: the median and the 99th percentile.
"""
import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from engine_server import Server

EXAMPLES = ROOT / "resources/examples"


def milliseconds(server: Server, seed_id: str, rng: int) -> tuple[float, float]:
    """Until the first note, and until all takes are there."""
    began = time.perf_counter()
    job = server.request("generate/start", seedId=seed_id, bars=8, takes=4, rng=rng)["job"]
    first = None
    while (message := server.receive()).get("method") != "generate/done" or message["params"]["job"] != job:
        if message.get("method") == "generate/note" and first is None:
            first = time.perf_counter() - began
    return 1000 * first, 1000 * (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--training", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        training = subprocess.Popen([options.engine, "train", EXAMPLES, "--out", f"{folder}/run", "--preset", "house",
                                     "--minutes", "60"], stdout=subprocess.DEVNULL) if options.training else None
        server = Server(options.engine, folder)
        server.request("initialize")
        seeds = sorted(EXAMPLES.glob("*.mid"))
        ids = [server.request("seed/prepare", model="default", seed={"path": str(seed)})["seedId"] for seed in seeds]
        times = [milliseconds(server, ids[round_ % len(ids)], round_) for round_ in range(options.rounds)]
        server.close()
        if training:
            training.kill()
            training.wait()
    for name, column in zip(("first note", "four takes of eight bars"), zip(*times)):
        percentile = statistics.quantiles(column, n=100, method="inclusive")[98]
        print(f"{name}: median {statistics.median(column):.1f} ms, 99th percentile {percentile:.1f} ms")


if __name__ == "__main__":
    main()
