#!/usr/bin/env python3
"""Trains the bundled model on the archives that may ship.

    tools/make_house_model.py CORPUS MANIFEST OUT [train options ...]

CORPUS is the folder of the unpacked archives, MANIFEST their list (tab-separated, with the columns path, licence, split
and ship), OUT the folder of the work: `OUT/train` and `OUT/valid` hold the files, `OUT/run` the training run. Everything
after OUT goes to `ricercar-engine train`, e.g. `--minutes 120`, `--base default` to go on from the bundled model, or
`--resume`; `--bundle` alone takes the run as it is. Files whose split is "test" are left alone. When the run has a
model, it is copied to resources/models/default.safetensors with the attributions beside it; training.jsonl there has the
run's evaluations, README.md on what it was trained and how well it foretells the held-out pieces of each archive. Its
card says under "obeys" which descriptions its takes follow.
"""
import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine import ENGINE, ROOT, engine_json
from obedience_table import MEASURES, is_obeyed

BUNDLED = ROOT / "resources/models"
ARCHIVES = {  # style, licence, attribution
    "openscore-lieder": ("Song with piano", "CC0-1.0", "OpenScore Lieder Corpus, https://openscore.cc"),
    "openscore-quartets": ("String quartet", "CC0-1.0", "OpenScore String Quartet Corpus, https://openscore.cc"),
    "mutopia": ("Classical", "Public Domain, CC BY 2.5, 3.0 and 4.0",
                "Mutopia Project, https://www.mutopiaproject.org; converted from LilyPond to MIDI; "
                "the pieces under CC BY with their typesetters are listed in mutopia-attribution.tsv"),
    "groove": ("Drum kit", "CC BY 4.0",
               "Groove MIDI Dataset, Google LLC, CC BY 4.0; Jon Gillick, Adam Roberts, Jesse Engel, Douglas Eck, David "
               "Bamman: Learning to Groove with Inverse Sequence Transformations, ICML 2019. "
               "https://magenta.tensorflow.org/datasets/groove"),
    "freedoom": ("Video game", "BSD-3-Clause", "Copyright 2001-2024 Contributors to the Freedoom project; licence in "
                                 "freedoom-COPYING.adoc, authors in freedoom-CREDITS-MUSIC"),
    "jsb": ("Chorale", "public domain", "J. S. Bach, chorales"),
}
LEAST_EFFECT = 0.02  # of the nats a note, for a style to be obeyed
ARCHIVE_OF = {"groove-short": "groove"}


def put(file: Path, target: Path) -> None:
    """Hard-links (or copies) a file where it is missing."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)


def stage(corpus: Path, rows: list[dict], folder: Path, split: str) -> Counter:
    """Puts the files of one split in a folder, by style; returns how many there are of each archive."""
    counts = Counter()
    for row in rows:
        archive = row["path"].split("/")[0]
        archive = ARCHIVE_OF.get(archive, archive)
        if row["ship"] != "yes" or row["split"] != split or archive not in ARCHIVES or not row["path"].endswith(".mid"):
            continue
        put(corpus / row["path"], folder / ARCHIVES[archive][0] / row["path"])
        counts[archive] += 1
    return counts


def card_of(counts: Counter) -> dict:
    """What joins the model's card."""
    return {
        "name": "House model",
        "summary": "composes for many instruments and drums, adds parts and fills in bars; learned from open data only",
        "licence": "Apache-2.0 for the weights; the music it learned from is listed under data",
        "data": [{"archive": name, "pieces": counts[name], "licence": licence, "attribution": attribution}
                 for name, (_, licence, attribution) in ARCHIVES.items()],
        "limits": "a small model: knows Western notated music best; drums from one collection of performances; game music "
                  "from one project; sees some 300 notes back",
    }


def obeyed(model: Path, folder: Path) -> list[str]:
    """The descriptions that takes follow. In a style, held-out pieces have to surprise the model less when told right."""
    rows = engine_json("evaluate", "--model", model, folder, "--protocol", "conditions", "--pieces", 40)
    nats = {row["told"]: row["natsPerNote"] for row in rows if row["condition"] == "style"}
    style = ["style"] if nats["right"] < (1 - LEAST_EFFECT) * nats["wrong"] else []
    return style + [condition for condition in MEASURES if is_obeyed(model, condition)]


def held_out_figures(model: Path, folder: Path) -> dict:
    """What `ricercar-engine evaluate` says of all held-out pieces and of those of each archive."""
    def judged(part: Path) -> dict:
        return engine_json("evaluate", "--model", model, part)

    parts = sorted(folder.glob("*/*"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        figures = {part.name: of for part, of in zip(parts, pool.map(judged, parts))}

    def pooled(rate: str, unit: str) -> float:
        return sum(of[rate] * of[unit] for of in figures.values()) / sum(of[unit] for of in figures.values())

    everything = {"notes": sum(of["notes"] for of in figures.values())}
    for rate, unit in {"natsPerNote": "notes", "natsPerToken": "tokens", "accuracy": "tokens",
                       "natsPerQuarter": "quarters"}.items():
        everything[rate] = pooled(rate, unit)
    return {"all": everything, **figures}


def card_text(card: dict, figures: dict) -> str:
    """The card for people."""
    def table(columns, rows):
        return "\n".join(f"| {' | '.join(row)} |" for row in [columns, ["---"] * len(columns), *rows])

    data = table(["archive", "pieces", "licence", "attribution"],
                 [[part["archive"], str(part["pieces"]), part["licence"], part["attribution"]] for part in card["data"]])
    held_out = table(["archive", "notes", "nats a note", "nats a quarter", "nats a token", "accuracy"],
                     [[name, f"{of['notes']:,}", f"{of['natsPerNote']:.3f}", f"{of['natsPerQuarter']:.2f}",
                       f"{of['natsPerToken']:.3f}", f"{of['accuracy']:.3f}"] for name, of in figures.items()])
    return f"""# {card["name"]}

`default.safetensors` {card["summary"]}. Made by `tools/make_house_model.py`, which also wrote this page; the same card
is in the file: `ricercar-engine models --json`.

Limits: {card["limits"]}.

## Licences

{card["licence"]}. What is stated under attribution must travel with the file.

{data}

## Held-out pieces

Pieces of each archive that training never saw, every token judged once (`ricercar-engine evaluate`).

{held_out}
"""


def main() -> None:
    corpus, manifest, out = map(Path, sys.argv[1:4])
    options = sys.argv[4:]
    with manifest.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts = stage(corpus, rows, out / "train", "train")
    stage(corpus, rows, out / "valid", "valid")
    card = card_of(counts)
    card_file = out / "card.json"
    command = ["train", out / "train", "--valid", out / "valid", "--out", out / "run", "--card", card_file]

    def run(*more: str) -> None:
        card_file.write_text(json.dumps(card, indent=2))
        print(*command, *more, flush=True)
        subprocess.run([ENGINE, *map(str, command), *more], check=True)

    if options != ["--bundle"]:
        run("--preset", "house", *options)
    card["obeys"] = obeyed(out / "run/best.safetensors", out / "valid")
    run("--resume")  # for the card alone
    BUNDLED.mkdir(parents=True, exist_ok=True)
    model = BUNDLED / "default.safetensors"
    shutil.copyfile(out / "run/best.safetensors", model)
    lines = (out / "run/metrics.jsonl").read_text().splitlines(keepends=True)
    (BUNDLED / "training.jsonl").write_text("".join(line for line in lines if '"evaluation"' in line))
    (BUNDLED / "README.md").write_text(card_text(card, held_out_figures(model, out / "valid")))
    shutil.copyfile(corpus / "mutopia/ATTRIBUTION.tsv", BUNDLED / "mutopia-attribution.tsv")
    shutil.copyfile(corpus / "freedoom/COPYING.adoc", BUNDLED / "freedoom-COPYING.adoc")
    shutil.copyfile(corpus / "freedoom/CREDITS-MUSIC", BUNDLED / "freedoom-CREDITS-MUSIC")


if __name__ == "__main__":
    main()
