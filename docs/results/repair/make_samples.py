"""Samples of generators that are not Veer's, with known faults, beside the real data they were fitted to.

    VEER_DATA=... python3 make_samples.py OUT [NAME...]

Needs numpy and scipy. Of every set four files are left: real.npz (the fit's real data; of digits it is mnist:train), fresh.npz (real data that
nobody fits to), generated.npz (the fit's samples), before.npz (further samples of the same generator, to be repaired); all seeds are fixed.
"""
import gzip
import os
import sys

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import logsumexp

COUNT = 5000        # vectors and digits of each file
SAME_COUNT = 2000   # of the sets where generated and real are one distribution


# Real data in vectors: each a function of (generator of random numbers, count).

def eight_modes(rng, n):
    angle = rng.integers(8, size=n) * np.pi / 4
    return 2 * np.stack([np.cos(angle), np.sin(angle)], 1) + 0.1 * rng.standard_normal((n, 2))


def mixture16(rng, n):
    shape = np.random.default_rng(16)                            # the mixture itself is the same at every draw
    means = 1.5 * shape.standard_normal((12, 16))
    roots = 0.12 * shape.standard_normal((12, 16, 16))           # full covariances, standard deviation about 0.5
    which = rng.integers(12, size=n)
    return means[which] + np.einsum('nij,nj->ni', roots[which], rng.standard_normal((n, 16)))


def two_moons(rng, n):
    angle, lower = np.pi * rng.random(n), rng.integers(2, size=n)
    x = np.where(lower, 1 - np.cos(angle), np.cos(angle))
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack([x, y], 1) + 0.05 * rng.standard_normal((n, 2))


def subspace64(rng, n):
    shape = np.random.default_rng(64)
    basis = np.linalg.qr(shape.standard_normal((64, 6)))[0]
    means = 2 * shape.standard_normal((20, 6))
    inside = means[rng.integers(20, size=n)] + 0.3 * rng.standard_normal((n, 6))
    return inside @ basis.T + 0.05 * rng.standard_normal((n, 64))


def gaussians25(rng, n):
    return (2 * rng.integers(-2, 3, size=(n, 2)) + 0.05 * rng.standard_normal((n, 2))) / 2.828


def swiss_roll(rng, n):
    t = 1.5 * np.pi * (1 + 2 * rng.random(n))
    return (np.stack([t * np.cos(t), t * np.sin(t)], 1) + 0.25 * rng.standard_normal((n, 2))) / 7.5


# Generators of vectors: fitted to real points, a function of (generator of random numbers, count) is left.

def coarse_mixture(points, components, rng, rounds=100):
    """A Gaussian mixture with full covariances by EM, with fewer components than the data has modes."""
    n, d = points.shape
    means = points[rng.choice(n, components, replace=False)]
    covariances = np.repeat(np.cov(points.T)[None], components, 0)
    weights = np.full(components, 1 / components)
    for _ in range(rounds):
        roots = np.linalg.cholesky(covariances)
        white = np.stack([np.linalg.solve(r, (points - m).T) for r, m in zip(roots, means)])
        log_joint = np.log(weights) - 0.5 * (white**2).sum(1).T - np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(1)
        share = np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))
        mass = share.sum(0)
        weights, means = mass / n, share.T @ points / mass[:, None]
        covariances = np.stack([((points - m).T * s) @ (points - m) / w + 1e-6 * np.eye(d) for m, s, w in zip(means, share.T, mass)])
    roots = np.linalg.cholesky(covariances)

    def draw(rng, n):
        which = rng.choice(components, n, p=weights)
        return means[which] + np.einsum('nij,nj->ni', roots[which], rng.standard_normal((n, d)))
    return draw


def wide_kernels(points, bandwidth):
    """A kernel density: a real point and too much Gaussian noise."""
    return lambda rng, n: points[rng.integers(len(points), size=n)] + bandwidth * rng.standard_normal((n, points.shape[1]))


# Digits, 0 to 1, [N, 28, 28].

def read_idx(name):
    with gzip.open(os.path.join(os.environ['VEER_DATA'], 'mnist', name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28) / np.float32(255)


def autoencoder(images, rng, latent=16, hidden=256, epochs=12, batch=128, rate=1e-3):
    """An MLP 784-256-16-256-784 (ReLU, sigmoid at the end) trained by Adam on squared error; what it makes of images is left."""
    sizes = [(784, hidden), (hidden, latent), (latent, hidden), (hidden, 784)]
    layers = [p for a, b in sizes for p in (rng.standard_normal((a, b), np.float32) * np.float32(np.sqrt(2 / a)), np.zeros(b, np.float32))]
    first, second, step = [np.zeros_like(p) for p in layers], [np.zeros_like(p) for p in layers], 0

    def forward(x):
        kept = [x]
        for i in range(4):
            x = x @ layers[2 * i] + layers[2 * i + 1]
            x = np.maximum(x, 0) if i in (0, 2) else 1 / (1 + np.exp(-x)) if i == 3 else x
            kept.append(x)
        return kept

    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(images)), len(images) // batch):
            kept, step = forward(images[rows].reshape(-1, 784)), step + 1
            slope = (kept[4] - kept[0]) * kept[4] * (1 - kept[4]) / len(rows)
            gradients = [None] * 8
            for i in (3, 2, 1, 0):
                gradients[2 * i], gradients[2 * i + 1] = kept[i].T @ slope, slope.sum(0)
                slope = slope @ layers[2 * i].T * ((kept[i] > 0) if i in (1, 3) else 1)
            for p, g, m, v in zip(layers, gradients, first, second):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                p -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return lambda x, rng: forward(x.reshape(-1, 784))[4].reshape(-1, 28, 28)


def blurred(images, rng):
    return np.stack([gaussian_filter(x, 1) for x in images])


def noised(images, rng):
    return np.clip(images + 0.15 * rng.standard_normal(images.shape), 0, 1)     # 0.3 where pixels run from -1 to 1


def write(out, name, **files):
    os.makedirs(os.path.join(out, name), exist_ok=True)
    for file, data in files.items():
        data = np.round(255 * data).astype(np.uint8) if data.ndim == 3 else data.astype(np.float32)
        np.savez(os.path.join(out, name, file + '.npz'), data)


VECTORS = {     # name: real data, the generator fitted to it
    'modes8-mixture': (eight_modes, lambda x, rng: coarse_mixture(x, 5, rng)),
    'mixture16-mixture': (mixture16, lambda x, rng: coarse_mixture(x, 5, rng)),
    'moons-kernels': (two_moons, lambda x, rng: wide_kernels(x, 0.2)),
    'subspace64-kernels': (subspace64, lambda x, rng: wide_kernels(x, 0.3)),
    'gaussians25-mixture': (gaussians25, lambda x, rng: coarse_mixture(x, 15, rng)),
    'gaussians25-kernels': (gaussians25, lambda x, rng: wide_kernels(x, 0.1)),
    'swiss-mixture': (swiss_roll, lambda x, rng: coarse_mixture(x, 8, rng)),
    'swiss-kernels': (swiss_roll, lambda x, rng: wide_kernels(x, 0.1)),
}


DIGITS = {      # name: what makes the function that spoils
    'digits-blurred': lambda: blurred,
    'digits-noised': lambda: noised,
    'digits-autoencoder': lambda: autoencoder(read_idx('train-images-idx3-ubyte.gz')[:20000], np.random.default_rng(2)),
}


def main(out, *names):
    wanted = lambda name: not names or name in names
    for name, (real, generator) in VECTORS.items():
        if not wanted(name):
            continue
        rng = np.random.default_rng(1)
        points, fresh = real(rng, COUNT), real(rng, COUNT)
        draw = generator(points, rng)
        write(out, name, real=points, fresh=fresh, generated=draw(rng, COUNT), before=draw(rng, COUNT))

    for seed in range(10):      # nothing to repair
        if wanted(f'same-{seed}'):
            rng = np.random.default_rng(100 + seed)
            write(out, f'same-{seed}', **{file: eight_modes(rng, SAME_COUNT) for file in ('real', 'fresh', 'generated', 'before')})

    # Spoilt are test digits, so that no sample has its original among the real ones; every other one, as the second half of the test set is harder.
    test = read_idx('t10k-images-idx3-ubyte.gz')
    for name, make in DIGITS.items():
        if wanted(name):
            spoil, rng = make(), np.random.default_rng(1)
            write(out, name, fresh=test[0::2], generated=spoil(test[0::2], rng), before=spoil(test[1::2], rng))


main(*sys.argv[1:])
