#!/usr/bin/env python3
"""Draws takes with each class of density and polyphony and each style, and prints what they became.

    tools/obedience_table.py [MODEL] [--takes 8] [--bars 8] [--rng 1]

MODEL is as in `ricercar-engine generate`. Takes are from nothing. Of each row stand the quartiles of what
`ricercar-engine analyze` measures: notes a quarter, and how many sound at once on average.
"""
import argparse
import statistics
import tempfile
from pathlib import Path

from engine import engine, engine_json

CLASSES = {"density": 8, "polyphony": 6}


def notes_a_quarter(take: dict) -> float:
    return take["features"]["notesPerBar"] * take["bars"] / take["quarters"]


def sounding_at_once(take: dict) -> float:
    return take["features"].get("meanPolyphony") or 0  # none where only drums play


MEASURES = {"density": notes_a_quarter, "polyphony": sounding_at_once}


def analyses(model: object, takes: int, bars: int, rng: int, *asked: object) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        engine("generate", "--model", model, "--takes", takes, "--bars", bars, "--rng", rng, "--out", folder, *asked)
        return [engine_json("analyze", file) for file in sorted(Path(folder).glob("*.mid"))]


def is_obeyed(model: object, condition: str) -> bool:
    """Whether takes that were told the last class but one have half as much again of it than those told the second."""
    def median(level: int) -> float:
        return statistics.median(map(MEASURES[condition], analyses(model, 24, 8, 1, f"--{condition}", level)))

    return median(CLASSES[condition] - 2) > 1.5 * median(1)


def quartiles(values: list[float]) -> str:
    return " .. ".join(f"{value:.2f}" for value in statistics.quantiles(values, n=4, method="inclusive"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="default")
    parser.add_argument("--takes", type=int, default=8)
    parser.add_argument("--bars", type=int, default=8)
    parser.add_argument("--rng", type=int, default=1)
    options = parser.parse_args()
    models = engine_json("models")["models"]
    card = next((model["card"] for model in models if options.model in (model["name"], model["path"])), {})
    asked = [("nothing", ())]
    asked += [(f"{condition} {level}", (f"--{condition}", level)) for condition, count in CLASSES.items() for level in range(count)]
    asked += [(f"style {style}", ("--style", style)) for style in card.get("styles", [])]
    print("| asked for | notes a quarter | sounding at once |\n| --- | --- | --- |")
    for name, arguments in asked:
        takes = analyses(options.model, options.takes, options.bars, options.rng, *arguments)
        print(f"| {name} | " + " | ".join(quartiles(list(map(measure, takes))) for measure in MEASURES.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
