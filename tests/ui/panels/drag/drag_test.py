#!/usr/bin/python3
"""Drags takes out of a real window into another process, twice in a row, and reads the files that arrive.

Usage: drag_test.py DRAG_SOURCE DROP_TARGET. Skipped (exit status 77) without Xvfb, xdotool or python3-mido.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

missing = [tool for tool in ("Xvfb", "xdotool") if not shutil.which(tool)]
try:
    import mido
except ImportError:
    missing.append("python3-mido")
if missing:
    print("skipped: not installed:", ", ".join(missing))
    sys.exit(77)

DROP_TARGET = sys.argv.pop()
DRAG_SOURCE = sys.argv.pop()
TARGET_PLACE = 450, 500


def lines_until_ready(process):
    lines = []
    for line in process.stdout:
        if line == "ready\n":
            return lines
        lines.append(line.split(maxsplit=3))
    raise AssertionError(f"{process.args} ended")


class DragTest(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        read_end, write_end = os.pipe()
        self.start(["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"], {},
                   pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as number:
            self.environment = {"DISPLAY": f":{number.readline().strip()}", "QT_QPA_PLATFORM": "xcb",
                                "XDG_CACHE_HOME": self.home.name, "XDG_DATA_HOME": self.home.name}
        self.target = self.start([DROP_TARGET], self.environment)
        self.source = self.start([DRAG_SOURCE], self.environment)
        lines_until_ready(self.target)
        self.handles = {name.strip(): (x, y) for _, x, y, name in lines_until_ready(self.source)}

    def start(self, command, environment, **more):
        process = subprocess.Popen(command, env=os.environ | environment, text=True,
                                   **({"stdout": subprocess.PIPE} | more))
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        if process.stdout:
            self.addCleanup(process.stdout.close)
        return process

    def drag(self, name):
        """What the other program is given. The pauses are those of a hand: without them X sees no drag."""
        x, y = self.handles[name]
        subprocess.run(["xdotool", "mousemove", x, y, "mousedown", "1", "mousemove_relative", "15", "15", "sleep", "0.3",
                        "mousemove", *map(str, TARGET_PLACE), "sleep", "0.3", "mousemove_relative", "5", "5", "sleep",
                        "0.3", "mouseup", "1"], env=os.environ | self.environment, check=True, timeout=60)
        return json.loads(self.target.stdout.readline())

    def assert_take(self, path, pitches):
        file = mido.MidiFile(path)
        self.assertEqual(file.type, 1)
        notes = [message.note for track in file.tracks for message in track
                 if message.type == "note_on" and message.velocity > 0]
        self.assertEqual(notes, pitches)
        self.assertEqual({message.type for message in file.tracks[0] if message.time == 0}
                         >= {"set_tempo", "time_signature"}, True)
        self.assertTrue(all(sum(message.time for message in track) == 4 * file.ticks_per_beat for track in file.tracks))

    def test_two_drags_in_a_row(self):
        first = self.drag("take 12 #2")
        second = self.drag("night piece")
        # The files are read only now: a receiver may take its time.
        for drop, name, pitches in ((first, "take-12-2.mid", [60, 62]), (second, "night-piece.mid", [70, 72])):
            self.assertEqual(len(drop["files"]), 1)
            self.assertTrue(drop["copies"])
            self.assertEqual(pathlib.Path(drop["files"][0]).name, name)
            self.assert_take(drop["files"][0], pitches)

    def test_the_same_take_twice(self):
        first, second = self.drag("night piece"), self.drag("night piece")
        self.assertNotEqual(first["files"], second["files"])
        for drop in (first, second):
            self.assert_take(drop["files"][0], [70, 72])


if __name__ == "__main__":
    unittest.main()
