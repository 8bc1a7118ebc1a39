#!/usr/bin/env python3
"""Decoding speed beside plain PyTorch: the bundled model's weights, one token a step for each of some rows, caches half
full, one thread, in turns.

    tests/bench/decoding_bench.py GENERATION_BENCH     (needs Debian's python3-torch; run it with /usr/bin/python3)

Prints tokens per second of processor time of each and their ratio.
"""
import json
import math
import re
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from plain_network import Transformer  # noqa: E402

ROUNDS, STEPS = 3, 60


def bundled() -> tuple[dict, dict[str, Tensor]]:
    """The network's configuration and its weights by name."""
    data = (ROOT / "resources/models/default.safetensors").read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    config = json.loads(header.pop("__metadata__")["ricercar"])["network"]
    weights = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        stored = torch.frombuffer(bytearray(data[begin + first:begin + last]), dtype=torch.bfloat16)
        weights[name] = stored.float().view(entry["shape"])
    return config, weights


class Decoder:
    """Steps of the network's own modules, with a cache of keys and values."""

    def __init__(self, rows: int):
        config, weights = bundled()
        width, self.layers, heads = config["width"], config["layers"], config["heads"]
        self.net = Transformer(config["vocabularySize"], width, self.layers, heads)
        self.length = config["context"] // 2
        cache = (self.layers, rows, heads, self.length + STEPS + 1, width // heads)
        self.keys, self.values = torch.randn(cache), torch.randn(cache)
        names = {"n1": "attention_norm", "qkv": "qkv", "out": "attention_out", "n2": "feed_norm", "up": "feed_in",
                 "down": "feed_out"}
        own = {"embedding.weight": weights["embedding"], "norm.weight": weights["final_norm"]}
        for layer in range(self.layers):
            for module, name in names.items():
                own[f"blocks.{layer}.{module}.weight"] = weights[f"layers.{layer}.{name}"]
        assert not self.net.load_state_dict(own, strict=False).unexpected_keys

    def step(self, tokens: Tensor) -> Tensor:
        pairs = torch.arange(0, self.net.head_width, 2) / self.net.head_width
        angles = self.length * 10000 ** -pairs
        cos, sin = angles.cos(), angles.sin()

        def turned(x: Tensor) -> Tensor:
            a, b = x.chunk(2, -1)
            return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)

        x = self.net.embedding(tokens)
        for layer, block in enumerate(self.net.blocks):
            q, k, v = block.qkv(block.n1(x)).view(len(tokens), 3, block.heads, 1, -1).unbind(1)
            self.keys[layer][:, :, self.length:self.length + 1] = turned(k)
            self.values[layer][:, :, self.length:self.length + 1] = v
            keys, values = (of[layer][:, :, :self.length + 1] for of in (self.keys, self.values))
            scores = turned(q) @ keys.transpose(-1, -2) / math.sqrt(self.net.head_width)
            x = x + block.out((scores.softmax(-1) @ values).flatten(1))
            x = x + block.down(F.relu(block.up(block.n2(x))).square())
        self.length += 1
        return self.net.norm(x) @ self.net.embedding.weight.T


def peer(rows: int) -> float:
    torch.set_num_threads(1)
    decoder = Decoder(rows)
    tokens = torch.full((rows,), 300)
    with torch.inference_mode():
        decoder.step(tokens)
        start = time.process_time()
        for _ in range(STEPS - 1):
            decoder.step(tokens)
    return rows * (STEPS - 1) / (time.process_time() - start)


def ours(bench: str) -> dict[int, float]:
    command = [bench, "--benchmark_filter=decodeStep/int8", "--benchmark_format=json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)["benchmarks"]
    return {int(re.search(r"\d+$", each["name"])[0]): each["items_per_second"] for each in found}


def main() -> None:
    for round_ in range(ROUNDS):
        for rows, own in ours(sys.argv[1]).items():
            plain = peer(rows)
            print(f"round {round_ + 1}, {rows} rows: {own:.0f} tokens/s, plain PyTorch {plain:.0f}, ratio {own / plain:.1f}",
                  flush=True)


if __name__ == "__main__":
    main()
