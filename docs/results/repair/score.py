"""The usual scores of 25 Gaussians and of the swiss roll, before and after: python3 score.py DATA AFTER"""
import os
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

MODES = np.array([(2 * i, 2 * j) for i in range(-2, 3) for j in range(-2, 3)]) / 2.828
SIGMA = 0.05 / 2.828


def wasserstein2(a, b, size=1000):
    """Exact, mean of as many pairs of disjoint blocks of 1,000 as there are, and its standard error."""
    values = []
    for i in range(0, len(a), size):
        costs = cdist(a[i:i + size], b[i:i + size], 'sqeuclidean')
        values.append(np.sqrt(costs[linear_sum_assignment(costs)].mean()))
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))


def modes(points):
    distances = cdist(points, MODES)
    nearest, good = distances.argmin(1), distances.min(1) < 4 * SIGMA
    shares = np.bincount(nearest, minlength=25) / len(points)       # all points, each of its nearest mode
    kl = lambda p, q: (p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum()
    uniform = np.full(25, 1 / 25)
    middle = (shares + uniform) / 2
    found = (np.bincount(nearest[good], minlength=25) >= 20).sum()  # a tenth of its share within 4 sigma
    return f'{100 * good.mean():.1f}', f'{found}', f'{kl(shares, uniform):.4f}', f'{(kl(shares, middle) + kl(uniform, middle)) / 2:.4f}'


def main(data, after):
    print('| set | within 4 sigma (%) | modes | KL | JS | W2 |\n|---|---|---|---|---|---|')
    for name in ('gaussians25-mixture', 'gaussians25-kernels', 'swiss-mixture', 'swiss-kernels'):
        read = lambda *path: np.load(os.path.join(*path))['arr_0']
        real, fresh = read(data, name, 'real.npz'), read(data, name, 'fresh.npz')
        rows = {'real': real, 'before': read(data, name, 'before.npz')}
        for label, file in (('after, short', name + '-short.npz'), ('after', name + '.npz')):
            if os.path.exists(os.path.join(after, file)):
                rows[label] = read(after, file)
        for label, points in rows.items():
            w, error = wasserstein2(points, fresh)
            print(f'| {name}, {label} | ' + ' | '.join([*(modes(points) if '25' in name else [''] * 4), f'{w:.4f} ± {1.96 * error:.4f}']) + ' |')


main(*sys.argv[1:])
