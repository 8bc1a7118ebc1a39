#!/usr/bin/env python3
"""The program's networks (core/train/torch/network.cpp) in plain PyTorch, without conditions and dropout: what
`ricercar-engine bench` compares itself with.

    plain_network.py train THREADS          tokens of noise that the Transformer of the house preset learns in a second
    plain_network.py decode MODEL ROWS      tokens that it draws in a second of one thread with the weights of MODEL, a
                                            model file: one token a step for each row, with a cache that is half full

Prints one number. Needs Debian's python3-torch; run it with /usr/bin/python3.
"""
import json
import math
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IGNORED = -100  # a target that is not judged
VOCABULARY, WIDTH, LAYERS, HEADS, LENGTH, BATCH = 823, 256, 6, 4, 1024, 4  # the house preset
STEPS = 3
DECODED = 60  # steps


class Block(nn.Module):
    def __init__(self, width: int, layers: int, heads: int):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)
        for linear, residuals in ((self.qkv, 1), (self.up, 1), (self.out, 2 * layers), (self.down, 2 * layers)):
            nn.init.normal_(linear.weight, std=1 / math.sqrt(linear.in_features * residuals))

    def forward(self, x: Tensor, mask: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        rows, length, width = x.shape
        q, k, v = self.qkv(self.n1(x)).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)

        def turned(x: Tensor) -> Tensor:
            a, b = x.chunk(2, -1)
            return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)

        scores = turned(q) @ turned(k).transpose(-1, -2) / math.sqrt(width // self.heads) + mask
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, width))
        return x + self.down(self.up(self.n2(x)).relu().square())


class Transformer(nn.Module):
    """Logits [rows, length, vocabulary] of what comes after each of `tokens` [rows, length]."""

    def __init__(self, vocabulary: int, width: int, layers: int, heads: int):
        super().__init__()
        self.embedding, self.norm = nn.Embedding(vocabulary, width), nn.LayerNorm(width)
        nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(width))
        self.blocks = nn.ModuleList(Block(width, layers, heads) for _ in range(layers))
        self.head_width = width // heads

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        pairs = torch.arange(0, self.head_width, 2) / self.head_width
        angles = torch.outer(torch.arange(length), 10000 ** -pairs)
        mask = torch.full((length, length), -math.inf).triu(1)
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, mask, angles.cos(), angles.sin())
        return self.norm(x) @ self.embedding.weight.T


class Lstm(nn.Module):
    """The same for an LSTM that begins each row from nothing."""

    def __init__(self, vocabulary: int, width: int, layers: int):
        super().__init__()
        self.embedding, self.output = nn.Embedding(vocabulary, width), nn.Linear(width, vocabulary, bias=False)
        nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(width))
        self.lstm = nn.LSTM(width, width, layers, batch_first=True)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.output(self.lstm(self.embedding(tokens))[0])


def loss_of(net: nn.Module, inputs: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    return F.cross_entropy(net(inputs).flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction=reduction)


def optimiser_of(net: nn.Module) -> torch.optim.Optimizer:
    groups = [{"params": [p for p in net.parameters() if p.dim() > 1], "weight_decay": 0.05},
              {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, 1e-3, betas=(0.9, 0.98))


def step(net: nn.Module, optimiser: torch.optim.Optimizer, inputs: Tensor, targets: Tensor) -> None:
    loss = loss_of(net, inputs, targets)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()


def weights_of(model: str) -> tuple[dict, dict[str, Tensor]]:
    """The configuration of the network in a model file and its weights by name."""
    data = Path(model).read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    config = json.loads(header.pop("__metadata__")["ricercar"])["network"]
    weights = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        kind = {"BF16": torch.bfloat16, "F32": torch.float32}[entry["dtype"]]
        stored = torch.frombuffer(bytearray(data[begin + first:begin + last]), dtype=kind)
        weights[name] = stored.float().view(entry["shape"])
    return config, weights


class Decoder:
    """Steps of the network's own modules, with a cache of keys and values that is half full of noise."""

    def __init__(self, model: str, rows: int):
        config, weights = weights_of(model)
        width, self.layers, heads = config["width"], config["layers"], config["heads"]
        self.net = Transformer(config["vocabularySize"], width, self.layers, heads)
        self.length = config["context"] // 2
        cache = (self.layers, rows, heads, self.length + DECODED + 1, width // heads)
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


def decoded(model: str, rows: int) -> float:
    """Tokens in a second of processor time."""
    torch.set_num_threads(1)
    decoder = Decoder(model, rows)
    tokens = torch.full((rows,), 300)
    with torch.inference_mode():
        decoder.step(tokens)
        start = time.process_time()
        for _ in range(DECODED - 1):
            decoder.step(tokens)
    return rows * (DECODED - 1) / (time.process_time() - start)


def learnt(threads: int, precision: str) -> float:
    """Tokens in a second of time, with products of matrices in float32 or bfloat16."""
    torch.set_num_threads(threads)
    net = Transformer(VOCABULARY, WIDTH, LAYERS, HEADS)
    optimiser = optimiser_of(net)
    for index in range(STEPS + 1):
        if index == 1:
            start = time.time()
        data = torch.randint(VOCABULARY, (BATCH, LENGTH + 1))
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
            step(net, optimiser, data[:, :-1], data[:, 1:])
    return STEPS * BATCH * LENGTH / (time.time() - start)


if __name__ == "__main__":
    task, *options = sys.argv[1:]
    print(learnt(int(options[0]), options[1]) if task == "train" else decoded(options[0], int(options[1])))
