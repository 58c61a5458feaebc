import numpy

from side import read, serve

K = 3
samples, reference = read("samples"), read("reference")


def squared(one, other):
    return (one * one).sum(1)[:, None] + (other * other).sum(1) - 2 * (one @ other.T)


def radii(points):
    return numpy.partition(squared(points, points), K, axis=1)[:, K]


def shares():
    across = squared(samples, reference)
    precision = (across <= radii(reference)).any(1).mean()
    return precision + (across.T <= radii(samples)).any(1).mean()


serve(shares)
