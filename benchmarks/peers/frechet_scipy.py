import numpy
import scipy.linalg

from frechet import distance
from side import serve

serve(lambda: distance(lambda one, other: numpy.trace(scipy.linalg.sqrtm(one @ other).real)))
