#!/usr/bin/python3
"""The engine's server from outside, with the bundled model: `ricercar-engine serve` through a real pipe.

Usage: engine_server_test.py RICERCAR_ENGINE [TEST...].
"""

import pathlib
import statistics
import sys
import tempfile
import time
import unittest

ENGINE = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from engine_server import Server

SEED = ROOT / "resources/examples/Lantern walk.mid"


class EngineServerTest(unittest.TestCase):
    def setUp(self):
        self.cache = tempfile.TemporaryDirectory()
        self.server = Server(ENGINE, self.cache.name)
        self.addCleanup(self.cache.cleanup)
        self.addCleanup(self.server.close)
        self.server.request("initialize")

    def test_cancel_is_fast_and_keeps_whole_bars(self):
        """Ten generations of 8 takes of 64 bars, each cancelled at another moment."""
        milliseconds = []
        for attempt in range(10):
            job = self.server.request("generate/start", seed={"path": str(SEED)}, bars=64, takes=8, rng=attempt)["job"]
            notes = takes = 0
            while notes < 200 + 200 * attempt:
                notes += self.server.receive()["method"] == "generate/note"
            asked = time.perf_counter()
            self.server.send("job/cancel", job=job)
            while (message := self.server.receive()).get("method") != "generate/done":
                takes += message.get("method") == "generate/take"
            milliseconds.append(1000 * (time.perf_counter() - asked))
            self.assertTrue(message["params"]["cancelled"])
            self.assertGreaterEqual(takes, 1)
        print("cancelled after", *(f"{time:.0f}" for time in sorted(milliseconds)), "ms")
        # 50 ms where nothing else runs.
        self.assertLess(statistics.median(milliseconds), 200)


if __name__ == "__main__":
    unittest.main()
