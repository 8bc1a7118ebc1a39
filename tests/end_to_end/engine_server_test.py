#!/usr/bin/python3
"""The engine's server from outside, with the bundled model: `ricercar-engine serve` through a real pipe.

Usage: engine_server_test.py RICERCAR_ENGINE [TEST...].
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

ENGINE = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = ROOT / "resources/examples/Lantern walk.mid"


class Server:
    """A running engine; messages go one at a time."""

    def __init__(self, cache):
        self.process = subprocess.Popen([ENGINE, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=os.environ | {"XDG_CACHE_HOME": str(cache)})
        self.last_id = 0

    def send(self, method, **params):
        self.last_id += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()
        return self.last_id

    def receive(self):
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            byte = self.process.stdout.read(1)
            assert byte, "the engine ended"
            header += byte
        return json.loads(self.process.stdout.read(int(header.split(b":")[1])))

    def request(self, method, **params):
        number = self.send(method, **params)
        while (message := self.receive()).get("id") != number:
            pass
        assert "result" in message, message
        return message["result"]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class EngineServerTest(unittest.TestCase):
    def setUp(self):
        self.cache = tempfile.TemporaryDirectory()
        self.server = Server(self.cache.name)
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
