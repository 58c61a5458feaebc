import torch
from torch.nn.functional import one_hot, silu

from side import serve
from training import load, steps, tensor


class Mlp(torch.nn.Module):
    def __init__(self, labels=3, width=128, layers=4):
        super().__init__()
        self.directions, self.frequencies, self.labels = tensor("directions"), tensor("frequencies"), labels
        dimensions, features = self.directions.shape
        self.input = torch.nn.Linear(dimensions + 2 * features + 2 * len(self.frequencies) + labels, width)
        self.head = torch.nn.Linear(width, dimensions)
        self.blocks = torch.nn.ModuleList(torch.nn.Linear(width, width, bias=False) for _ in range(layers))

    def forward(self, x, t, label):
        place, phase = x @ self.directions, t[:, None] * self.frequencies
        hidden = self.input(torch.cat([x, place.sin(), place.cos(), phase.sin(), phase.cos(), one_hot(label, self.labels).float()], 1))
        for block in self.blocks:
            hidden = hidden + block(silu(hidden))
        return self.head(silu(hidden))


serve(steps(load(Mlp()), classes=2, batch=4096, count=20))
