#!/usr/bin/env python3
"""Draws takes with each class of density and polyphony and each style, and prints what they became.

    tools/obedience_table.py [MODEL] [--takes 8] [--bars 8] [--rng 1]

MODEL is as in `ricercar-engine generate`. Takes are from nothing. Of each row stand the quartiles of what
`ricercar-engine analyze` measures: notes a quarter, and how many sound at once on average.
"""
import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

ENGINE = Path(__file__).resolve().parent.parent / "build/release/bin/ricercar-engine"
DENSITIES, POLYPHONIES = 8, 6


def engine(*arguments: object) -> str:
    return subprocess.run([ENGINE, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def analyses(options: argparse.Namespace, *asked: object) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        engine("generate", "--model", options.model, "--takes", options.takes, "--bars", options.bars, "--rng", options.rng,
               "--out", folder, *asked)
        return [json.loads(engine("analyze", "--json", file)) for file in sorted(Path(folder).glob("*.mid"))]


def quartiles(values: list[float]) -> str:
    return " .. ".join(f"{value:.2f}" for value in statistics.quantiles(values, n=4, method="inclusive"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="default")
    parser.add_argument("--takes", type=int, default=8)
    parser.add_argument("--bars", type=int, default=8)
    parser.add_argument("--rng", type=int, default=1)
    options = parser.parse_args()
    models = json.loads(engine("models", "--json"))["models"]
    card = next((model["card"] for model in models if options.model in (model["name"], model["path"])), {})
    asked = [("nothing", ())]
    asked += [(f"density {level}", ("--density", level)) for level in range(DENSITIES)]
    asked += [(f"polyphony {level}", ("--polyphony", level)) for level in range(POLYPHONIES)]
    asked += [(f"style {style}", ("--style", style)) for style in card.get("styles", [])]
    print("| asked for | notes a quarter | sounding at once |\n| --- | --- | --- |")
    for name, arguments in asked:
        takes = analyses(options, *arguments)
        notes = [take["features"]["notesPerBar"] * take["bars"] / take["quarters"] for take in takes]
        sounding = [take["features"]["meanPolyphony"] for take in takes if take["features"].get("meanPolyphony")]
        print(f"| {name} | {quartiles(notes)} | {quartiles(sounding) if len(sounding) > 1 else '-'} |", flush=True)


if __name__ == "__main__":
    main()
