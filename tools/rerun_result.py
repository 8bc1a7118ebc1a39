#!/usr/bin/env python3
"""Runs a row of docs/results.md again and prints what the row says beside what came out.

    tools/rerun_result.py DATA [ROW ...]

DATA is the folder of the data sets; without ROW the rows are listed. A number under "test" is measured again too.
"""
import sys
import tempfile
from pathlib import Path

from engine import ROOT, engine_json


def rows() -> dict[str, dict[str, str]]:
    """The table whose first column is "row", by that column."""
    table, header = {}, []
    for line in (ROOT / "docs/results.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "row" and "command" in cells:
            header = cells
        elif header and line.startswith("|"):
            table[cells[0]] = dict(zip(header, cells))
        else:
            header = []
    return {name: row for name, row in table.items() if row["command"].startswith("`")}


def rerun(row: dict[str, str], data: Path) -> None:
    command, name, *options = row["command"].strip("`").split()
    with tempfile.TemporaryDirectory() as run:
        trained = engine_json(command, data / name, "--out", run, *options)
        print(f'{row["row"]}: valid {row["valid"]}, now {trained["validNatsPerFrame"]:.4f}; '
              f'seconds {row["seconds"]}, now {trained["seconds"]:.0f}', flush=True)
        if row["test"]:
            test = engine_json("evaluate", "--model", run, data / name, "--protocol", "frames")
            print(f'{row["row"]}: test {row["test"]}, now {test["natsPerFrame"]:.4f}')


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    table = rows()
    if len(sys.argv) == 2:
        print("\n".join(table))
    for name in sys.argv[2:]:
        if name not in table:
            sys.exit(f'docs/results.md has no row "{name}"')
        rerun(table[name], Path(sys.argv[1]))


if __name__ == "__main__":
    main()
