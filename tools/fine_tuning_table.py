#!/usr/bin/env python3
"""Measures what some minutes of fine-tuning give, for folders in styles of their own.

    tools/fine_tuning_table.py CORPUS MANIFEST OUT [--minutes 5] [--base-minutes 30] [--base MODEL] [FOLDER ...]

CORPUS and MANIFEST are those of tools/make_house_model.py, OUT is the folder of the work. Each FOLDER of `FOLDERS` (all,
if none is named) is music by composers of its own. A fifth of its pieces, near-duplicates together, is put aside for the
test; the rest is what a user would train on. A base is trained on the archives that may ship, without the composers of
these folders and without near-duplicates of their pieces, unless `--base` names a model. Then each folder is learnt twice
for the same minutes, from the base and from scratch, and the pieces put aside judge the base and both models. Minutes are
counted in processor time. What is there already is not done again; the last thing printed is the table.
"""
import argparse
import csv
import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

from engine import engine, engine_json
from make_house_model import put, stage


@dataclass
class Folder:
    """Music of one style: pieces of `archive` by `composer` (a part of the name; empty: all), `most` to learn from."""
    name: str
    archive: str
    composer: str
    most: int = 1000

    def holds(self, row: dict) -> bool:
        return row["path"].startswith(self.archive + "/") and row["path"].endswith(".mid") and self.composer in row["composer"]

    def betrays(self, row: dict) -> bool:
        """Whether a base that knows the piece knows something of this folder."""
        return self.composer in row["composer"] if self.composer else self.holds(row)


FOLDERS = [
    Folder("folk tunes", "folk-oneill-ryan", ""),
    Folder("tunes with chords", "nottingham", ""),
    Folder("drums", "groove", "drummer8"),
    Folder("guitar", "mutopia", "HoretzkyF"),
    Folder("game music", "freedoom", "Korp"),
    Folder("ragtime", "mutopia", "Joplin"),
    Folder("two rags", "mutopia", "Joplin", 2),
    Folder("songs", "openscore-lieder", "Chiquinha Gonzaga"),
    Folder("quartets", "openscore-quartets", "Leoš Janáček"),
]


def number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def group(row: dict) -> str:
    return row["near_dup_group"] or row["path"]


def stage_folder(corpus: Path, rows: list[dict], folder: Folder, out: Path) -> None:
    """Puts the pieces to learn from in out/music and those of the test in out/test."""
    held = sorted(filter(folder.holds, rows), key=lambda row: (number(group(row)), row["path"]))
    tests = min(100, math.ceil(len(held) / 5))
    while group(held[tests]) == group(held[tests - 1]):
        tests += 1
    for row in held[:tests]:
        put(corpus / row["path"], out / "test" / row["path"])
    for row in held[tests:tests + folder.most]:
        put(corpus / row["path"], out / "music" / row["path"])


def train(music: Path, run: Path, minutes: float, *options: str) -> Path:
    """The model of a run, made where it is missing."""
    end = run.parent / f"{run.name}.log"
    if not end.exists():
        begun = ["--resume"] if (run / "config.json").exists() else []
        command = ["train", music, "--out", run, "--minutes", minutes, "--processor-time", *options, *begun]
        print(*command, flush=True)
        end.write_text(engine(*command))
    return run / "best.safetensors"


def nats(model: str | Path, music: Path) -> dict:
    return engine_json("evaluate", "--model", model, music)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--base-minutes", type=float, default=30)
    parser.add_argument("--base")
    options = parser.parse_intermixed_args()
    with options.manifest.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    base = options.base
    if not base:
        apart = {group(row) for row in rows if any(folder.betrays(row) for folder in FOLDERS)}
        known = [row for row in rows if group(row) not in apart]
        for split in ("train", "valid"):
            stage(options.corpus, known, options.out / "base" / split, split)
        base = train(options.out / "base/train", options.out / "base/run", options.base_minutes,
                     "--valid", str(options.out / "base/valid"), "--preset", "house")
    table = ["| folder | learnt from | tested on | base | from the base | | from scratch | |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for folder in FOLDERS:
        if options.folders and folder.name not in options.folders:
            continue
        out = options.out / folder.name.replace(" ", "-")
        stage_folder(options.corpus, rows, folder, out)
        tuned = train(out / "music", out / "tuned", options.minutes, "--base", str(base))
        scratch = train(out / "music", out / "scratch", options.minutes, "--preset", "house")
        of_base, of_tuned, of_scratch = (nats(model, out / "test") for model in (base, tuned, scratch))
        def below(other: dict) -> str:
            return f"{100 * (of_tuned['natsPerNote'] / other['natsPerNote'] - 1):+.0f} %"
        pieces = len(list((out / "music").rglob("*.mid")))
        tests = len(list((out / "test").rglob("*.mid")))
        table.append(f"| {folder.name} | {pieces} pieces | {tests} pieces, {of_base['notes']:,} notes "
                     f"| {of_base['natsPerNote']:.2f} | {of_tuned['natsPerNote']:.2f} | {below(of_base)} "
                     f"| {of_scratch['natsPerNote']:.2f} | {below(of_scratch)} |")
    print("\n".join(table))


if __name__ == "__main__":
    main()
