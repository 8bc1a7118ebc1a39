#!/usr/bin/env python3
"""Training speed beside a plain PyTorch loop: the same network, batch and length on the same machine, in turns.

    tests/bench/training_bench.py ENGINE FOLDER     (needs Debian's python3-torch; run it with /usr/bin/python3)

ENGINE is ricercar-engine, FOLDER a folder of MIDI files. Prints tokens per second of each and their ratio.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

VOCABULARY, WIDTH, LAYERS, HEADS, HIDDEN, LENGTH, BATCH = 750, 256, 4, 4, 1024, 512, 8
STEPS = 12
ROUNDS = 3

PEER = """
import math, time, torch
from torch import nn
from torch.nn import functional as F
V, W, L, H, HID, T, B, STEPS = {sizes}
torch.set_num_threads({threads})
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(W), nn.LayerNorm(W)
        self.qkv, self.out = nn.Linear(W, 3 * W, bias=False), nn.Linear(W, W, bias=False)
        self.up, self.down = nn.Linear(W, HID, bias=False), nn.Linear(HID, W, bias=False)
    def forward(self, x, mask, cos, sin):
        q, k, v = self.qkv(self.n1(x)).view(B, T, 3, H, W // H).permute(2, 0, 3, 1, 4)
        def turned(x):
            a, b = x.chunk(2, -1)
            return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)
        scores = turned(q) @ turned(k).transpose(-1, -2) / math.sqrt(W // H) + mask
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, W))
        return x + self.down(self.up(self.n2(x)).relu().square())
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.norm = nn.Embedding(V, W), nn.LayerNorm(W)
        self.blocks = nn.ModuleList(Block() for _ in range(L))
    def forward(self, tokens):
        angles = torch.outer(torch.arange(T), 10000 ** (-torch.arange(0, W // H, 2) / (W // H)))
        mask = torch.full((T, T), -math.inf).triu(1)
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, mask, angles.cos(), angles.sin())
        return self.norm(x) @ self.embedding.weight.T
net = Net()
optimiser = torch.optim.AdamW(net.parameters(), 1e-3)
for step in range(STEPS + 2):
    if step == 2:
        start = time.time()
    data = torch.randint(V, (B, T + 1))
    loss = F.cross_entropy(net(data[:, :-1]).flatten(0, 1), data[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
print(STEPS * B * T / (time.time() - start))
"""


def peer(threads: int) -> float:
    sizes = (VOCABULARY, WIDTH, LAYERS, HEADS, HIDDEN, LENGTH, BATCH, STEPS)
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    done = subprocess.run([sys.executable, "-c", PEER.format(sizes=sizes, threads=threads)], env=environment, check=True,
                          capture_output=True, text=True)
    return float(done.stdout)


def ours(engine: str, folder: str, threads: int) -> float:
    """The best ten steps of a short run of the house preset."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    with tempfile.TemporaryDirectory() as run:
        command = [engine, "train", folder, "--preset", "house", "--minutes", "0.4", "--out", f"{run}/run", "--json"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    steps = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "step"]
    return max(event["tokensPerSecond"] for event in steps)


def main() -> None:
    engine, folder = sys.argv[1:3]
    threads = max(1, (os.cpu_count() or 1) // 2)
    for round_ in range(ROUNDS):
        a, b = ours(engine, folder, threads), peer(threads)
        print(f"round {round_ + 1}: {a:.0f} tokens/s, plain PyTorch {b:.0f} tokens/s, ratio {a / b:.2f}", flush=True)


if __name__ == "__main__":
    main()
