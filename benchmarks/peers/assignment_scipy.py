from scipy.optimize import linear_sum_assignment

from side import read, serve

costs = read("costs")
serve(lambda: costs[linear_sum_assignment(costs)].sum())
