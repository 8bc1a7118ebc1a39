#!/usr/bin/env python3
"""`ricercar-engine bench` from outside.

Usage: engine_bench_test.py RICERCAR_ENGINE [TEST...].
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

ENGINE = sys.argv.pop(1)


class EngineBenchTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.cache = temporary.name
        self.environment = os.environ | {"XDG_CACHE_HOME": self.cache}

    def start(self, *arguments):
        return subprocess.Popen([ENGINE, "bench", *arguments], env=self.environment, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def test_measures_everything(self):
        out, error = self.start("--json").communicate()
        self.assertEqual(error, "")
        bench = json.loads(out)
        self.assertTrue(bench["complete"])
        self.assertGreaterEqual(bench["machine"]["cores"], 1)
        figures = {figure["name"]: figure for figure in bench["figures"]}
        for name in ("reading memory, one core", "reading MIDI files", "opening the model", "reading a seed of 380 tokens",
                     "decoding, 1 at once", "decoding, 8 at once", "first note: median", "cancelling: 99th percentile",
                     "four takes of eight bars, while a model is trained: median", "learning, house preset"):
            self.assertGreater(figures[name]["value"], 0, name)
        for name, figure in figures.items():
            for peer in figure.get("peers", []):
                self.assertAlmostEqual(peer["ratio"] * peer["value"] / figure["value"], 1, msg=name)
            if name.endswith(": median"):
                high = "slowest of the seeds" if "takes" in name else "99th percentile"
                self.assertLessEqual(figure["value"], figures[name.replace("median", high)]["value"])
        self.assertEqual([name for name in os.listdir(self.cache + "/ricercar") if name.startswith("bench")], [])

    def test_prints_a_table_and_can_be_stopped(self):
        process = self.start()
        for line in process.stdout:
            if line.startswith("first note: median"):
                break
        process.send_signal(signal.SIGINT)
        rest, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, error), (1, "interrupted: the rest was not measured\n"))
        self.assertNotIn("learning", rest)

    def test_refuses_what_is_no_model(self):
        process = self.start("--model", "nothing-of-the-kind")
        out, error = process.communicate()
        self.assertEqual((process.returncode, out), (1, ""))
        self.assertIn('there is no model "nothing-of-the-kind"', error)


if __name__ == "__main__":
    unittest.main()
