import sys

import torch

from side import serve
from training import TIMES, levels, load, tensor
from unet import UNet

STEPS, SCALE = 10, 2
start, labels = tensor("points"), tensor("labels")
network = load(UNet(int(sys.argv[1])))
signal, noise = levels()
kept = [round(i * (TIMES - 1) / (STEPS - 1)) for i in range(STEPS)]


def task():
    x, none = start, torch.full_like(labels, 10)
    with torch.no_grad():
        for i in reversed(range(STEPS)):
            a, b = signal[kept[i]], noise[kept[i]]
            c, d = (signal[kept[i - 1]], noise[kept[i - 1]]) if i else (1, 0)
            t = torch.full((1,), kept[i] / TIMES)
            eps = (1 - SCALE) * network(x, t, none) + SCALE * network(x, t, labels)
            x = (x - b * eps) * (c / a) + d * eps
    return x.abs().sum(dtype=torch.float64)


serve(task)
