#!/usr/bin/env python3
"""How soon music comes, through the real pipe: from `generate/start` to the first `generate/note` and to the last take, and
from `job/cancel` to `generate/done`.

    tests/bench/instant_bench.py ENGINE [--rounds 100] [--training]

ENGINE is ricercar-engine. Each round draws four takes of eight bars with the bundled model after one of the example seeds,
which is prepared before, as the window does when a seed is chosen, and again, to be cancelled at some moment. With
--training a model is trained meanwhile. Prints milliseconds: the median and the 99th percentile.
"""
import argparse
import random
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


def start(server: Server, seed_id: str, rng: int) -> int:
    return server.request("generate/start", seedId=seed_id, bars=8, takes=4, rng=rng)["job"]


def until_done(server: Server, job: int, began: float) -> tuple[float | None, float]:
    """Milliseconds from `began` until the next note, if one came, and until all takes were there."""
    first = None
    while (message := server.receive()).get("method") != "generate/done" or message["params"]["job"] != job:
        if message.get("method") == "generate/note" and first is None:
            first = 1000 * (time.perf_counter() - began)
    return first, 1000 * (time.perf_counter() - began)


def milliseconds(server: Server, seed: Path, rng: int) -> tuple[float, float, float]:
    """Until the first note, until all takes, and until a cancel was done."""
    seed_id = server.request("seed/prepare", model="default", seed={"path": str(seed)})["seedId"]
    began = time.perf_counter()
    first, all_takes = until_done(server, start(server, seed_id, rng), began)
    job = start(server, seed_id, rng)
    time.sleep(random.Random(rng).uniform(0, 0.1))
    began = time.perf_counter()
    server.send("job/cancel", job=job)
    return first, all_takes, until_done(server, job, began)[1]


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
        times = [milliseconds(server, seeds[round_ % len(seeds)], round_) for round_ in range(options.rounds)]
        server.close()
        if training:
            training.kill()
            training.wait()
    for name, column in zip(("first note", "four takes of eight bars", "cancel"), zip(*times)):
        percentile = statistics.quantiles(column, n=100, method="inclusive")[98]
        print(f"{name}: median {statistics.median(column):.1f} ms, 99th percentile {percentile:.1f} ms")


if __name__ == "__main__":
    main()
