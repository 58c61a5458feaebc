"""What both ways to the Fréchet distance share."""
import numpy

from side import read

samples, reference = read("samples").astype(numpy.float64), read("reference").astype(numpy.float64)


def distance(trace_of_root):
    one, other = numpy.cov(samples, rowvar=False), numpy.cov(reference, rowvar=False)
    gap = samples.mean(0) - reference.mean(0)
    return gap @ gap + numpy.trace(one) + numpy.trace(other) - 2 * trace_of_root(one, other)
