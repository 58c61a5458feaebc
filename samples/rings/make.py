"""Makes the four files beside it: eight modes in the plane, and samples of a mixture that was fitted to them with four components too few."""
import numpy as np

draw = np.random.default_rng(0)


def real(count):
    angle = draw.integers(0, 8, count) * np.pi / 4
    return np.stack([np.cos(angle), np.sin(angle)], 1) * 2 + draw.normal(size=(count, 2)) * 0.15


def coarse(count):
    angle = (draw.integers(0, 4, count) * 2 + 0.5) * np.pi / 4
    centre, along = np.stack([np.cos(angle), np.sin(angle)], 1) * 1.85, np.stack([-np.sin(angle), np.cos(angle)], 1)
    return centre + along * draw.normal(size=(count, 1)) * 0.75 + draw.normal(size=(count, 2)) * 0.25


for name, points in (("real", real(5000)), ("held-out", real(5000)), ("generated", coarse(5000)), ("more", coarse(5000))):
    np.savez(f"{name}.npz", points=points.astype("float32"))
