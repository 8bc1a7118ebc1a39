"""Runs the engine that `ninja` built."""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "build/release/bin/ricercar-engine"


def engine(*arguments: object) -> str:
    """What `ricercar-engine ARGUMENTS` prints. Where it fails, so does the program, after the engine's own words."""
    done = subprocess.run([ENGINE, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done.stdout


def engine_json(*arguments: object):
    """What `ricercar-engine ARGUMENTS --json` prints."""
    return json.loads(engine(*arguments, "--json"))
