"""Density, coverage, clipped density and clipped coverage by their definitions, pair by pair; python3 neighbor_metrics.py prints the numbers of NeighborMetricsTests."""
import json, os, struct
from decimal import Decimal as Dec, getcontext
from fractions import Fraction as Fr
from math import comb

getcontext().prec = 60


def read(name):
    data = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    sets = {}
    for key, item in json.loads(data[8:8 + size]).items():
        if key not in ("real", "fake"):
            continue
        letter = {"F32": "f", "F64": "d"}[item["dtype"]]
        first, last = item["data_offsets"]
        rows, width = item["shape"]
        values = struct.unpack("<%d%s" % (rows * width, letter), data[8 + size + first:8 + size + last])
        sets[key] = [values[i * width:(i + 1) * width] for i in range(rows)]
    return sets["real"], sets["fake"]


def grid(count, a, b, most):
    return [((i * i * a + 3 * i) % most, (i * b + i * i // 7) % most) for i in range(count)]


def squared(p, q):
    return sum((Fr(x) - Fr(y)) ** 2 for x, y in zip(p, q))


def curve(n, m, k):
    # n samples and m - 1 real points by distance, all orders equally likely: j samples before the k-th real point
    ways = [comb(k - 1 + j, j) * comb(m - 1 - k + n - j, n - j) for j in range(n + 1)]
    return Fr(sum(min(j, k) * way for j, way in enumerate(ways)), k * comb(m - 1 + n, n))


def metrics(real, fake, k):
    m, n = len(real), len(fake)
    own = [[squared(p, q) for q in real] for p in real]
    radius = [sorted(row[:i] + row[i + 1:])[k - 1] for i, row in enumerate(own)]
    roots = sorted((Dec(r.numerator) / Dec(r.denominator)).sqrt() for r in radius)
    median = (roots[(m - 1) // 2] + roots[m // 2]) / 2
    # a median of a single radius is that radius: its own square, not rounded
    single = roots[(m - 1) // 2] == roots[m // 2]
    exact = sorted(radius)[m // 2] if single else Fr(median * median)
    clipped = [min(r, exact) for r in radius]
    across = [[squared(p, q) for q in fake] for p in real]
    held = [sum(d <= r for d in row) for row, r in zip(across, radius)]
    fill = Fr(sum(min(h, k) for h in held), k * m)
    good = sum(min(sum(across[j][i] <= clipped[j] for j in range(m)), k) for i in range(n))
    best = sum(min(sum(own[j][i] <= clipped[j] for j in range(m) if j != i), k) for i in range(m))
    below = max((c for c in range(n + 1) if curve(c, m, k) <= fill), default=0)
    print("density", float(Fr(sum(held), k * n)), "coverage", float(Fr(sum(h > 0 for h in held), m)),
          "clipped density", float(min(Fr(good, k * n) / Fr(best, k * m), 1)),
          "filled", float(fill), "samples that fill as well", below, "to", min(below + 1, n), "of", n)


metrics(*read("metrics_a.safetensors"), 5)
metrics(grid(60, 5, 7, 23), grid(47, 3, 11, 29), 5)
metrics(grid(60, 5, 7, 6), grid(40, 3, 11, 7), 5)
metrics(*reversed(read("metrics_a.safetensors")), 5)
for case in [(1, 7, 5), (10, 20, 5), (100, 100, 5), (37, 200, 3)]:
    print("curve of n, m, k", case, float(curve(*case)))
