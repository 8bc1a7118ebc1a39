"""`ricercar-engine serve` through a real pipe."""
import json
import os
import subprocess


class Server:
    """A running engine; messages go one at a time."""

    def __init__(self, engine, cache):
        self.process = subprocess.Popen([engine, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
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
