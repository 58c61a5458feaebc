"""The UNet of ADM (Dhariwal and Nichol, arXiv 2105.05233) as one writes it with PyTorch: one channel, two sizes, no dropout."""
import math

import torch
from torch import nn
from torch.nn.functional import silu

GROUPS = 32


class Norm(nn.GroupNorm):
    def __init__(self, channels):
        super().__init__(GROUPS, channels)

    def forward(self, x):
        # under autocast torch 1.13 does not normalise bfloat16 with weights of float32
        return super().forward(x.float())


class Residual(nn.Module):
    def __init__(self, inputs, outputs, width):
        super().__init__()
        self.before = nn.Sequential(Norm(inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.embedding = nn.Linear(width, outputs)
        self.after = nn.Sequential(Norm(outputs), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, told):
        return self.after(self.before(x) + self.embedding(told)[:, :, None, None]) + self.skip(x)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = Norm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.projection = nn.Linear(channels, channels)

    def forward(self, x):
        query, key, value = self.qkv(self.norm(x).flatten(2).transpose(1, 2)).chunk(3, 2)
        weight = (query @ key.transpose(1, 2) / math.sqrt(x.shape[1])).softmax(2)
        return x + self.projection(weight @ value).transpose(1, 2).reshape(x.shape)


class UNet(nn.Module):
    def __init__(self, channels, blocks=1, labels=11):
        super().__init__()
        width, wide = 4 * channels, 2 * channels
        self.time = nn.Sequential(nn.Linear(channels, width), nn.SiLU(), nn.Linear(width, width))
        self.classes = nn.Embedding(labels, width)
        self.first = nn.Conv2d(1, channels, 3, padding=1)
        given, down = [channels], []
        for _ in range(blocks):
            down.append(Residual(channels, channels, width))
            given.append(channels)
        down.append(nn.Conv2d(channels, channels, 3, stride=2, padding=1))
        given.append(channels)
        for i in range(blocks):
            down.append(Residual(wide if i else channels, wide, width))
            given.append(wide)
        up, now = [], wide
        for outputs in (wide, channels):
            for _ in range(blocks + 1):
                up.append(Residual(now + given.pop(), outputs, width))
                now = outputs
            if outputs == wide:
                up.append(nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(wide, wide, 3, padding=1)))
        self.down = nn.ModuleList(down)
        self.middle = nn.ModuleList([Residual(wide, wide, width), Attention(wide), Residual(wide, wide, width)])
        self.up = nn.ModuleList(up)
        self.last = nn.Sequential(Norm(channels), nn.SiLU(), nn.Conv2d(channels, 1, 3, padding=1))
        self.frequencies = torch.exp(torch.arange(channels // 2) * (-math.log(10_000) / (channels // 2)))

    def forward(self, x, t, label):
        phase = (t * 1000)[:, None] * self.frequencies
        told = silu(self.time(torch.cat([phase.cos(), phase.sin()], 1)) + self.classes(label))

        def through(layer, x):
            return layer(x, told) if isinstance(layer, Residual) else layer(x)

        x = self.first(x)
        given = [x]
        for layer in self.down:
            given.append(x := through(layer, x))
        for layer in self.middle:
            x = through(layer, x)
        for layer in self.up:
            x = through(layer, torch.cat([x, given.pop()], 1) if isinstance(layer, Residual) else x)
        return self.last(x)
