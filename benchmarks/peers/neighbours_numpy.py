import numpy

from side import read, serve

K, CHUNK = 20, 500
queries, points = read("queries"), read("points")


def search():
    norms = numpy.einsum("ij,ij->i", points, points)
    total = 0.0
    for first in range(0, len(queries), CHUNK):
        some = queries[first:first + CHUNK]
        squared = norms - 2 * (some @ points.T)
        nearest = numpy.partition(squared, K - 1, axis=1)[:, :K] + numpy.einsum("ij,ij->i", some, some)[:, None]
        total += numpy.sqrt(numpy.maximum(nearest, 0)).sum(dtype=numpy.float64)
    return total


serve(search)
