#!/usr/bin/env python3
"""The program's networks (core/train/torch/network.cpp) in plain PyTorch, without conditions and dropout.

    tools/plain_network.py THREADS     (needs Debian's python3-torch; run it with /usr/bin/python3)

As a program it prints how many tokens of noise the Transformer of the house preset learns in a second.
"""
import math
import sys
import time

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IGNORED = -100  # a target that is not judged
VOCABULARY, WIDTH, LAYERS, HEADS, LENGTH, BATCH = 823, 256, 6, 4, 1024, 4  # the house preset
STEPS = 12


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


def main() -> None:
    torch.set_num_threads(int(sys.argv[1]))
    net = Transformer(VOCABULARY, WIDTH, LAYERS, HEADS)
    optimiser = optimiser_of(net)
    for index in range(STEPS + 2):
        if index == 2:
            start = time.time()
        data = torch.randint(VOCABULARY, (BATCH, LENGTH + 1))
        step(net, optimiser, data[:, :-1], data[:, 1:])
    print(STEPS * BATCH * LENGTH / (time.time() - start))


if __name__ == "__main__":
    main()
