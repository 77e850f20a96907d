"""What R² can be where a table of group rates gives a printed slope and intercept: least and largest by scipy's SLSQP.

usage: python3 group_rates.py     (needs numpy and scipy; the numbers stand in tests/it/claims/checks.rs)
"""

import numpy as np
from scipy.optimize import linprog, minimize

x, n = np.array([1.0, 2, 3]), np.array([100.0, 200, 150])
rates, slack = np.array([0.20, 0.25, 0.31]), 0.005
slope, intercept = (0.055, 0.0005), (0.14, 0.0005)

total = n.sum()
centre = (n * x).sum() / total
spread = (n * (x - centre) ** 2).sum()
to_slope = n * (x - centre) / spread
to_intercept = n / total - to_slope * centre


def r2(y, groups):
    mean = (n * y).sum() / total
    whole = (n * (y - mean) ** 2).sum() if groups else total * mean * (1 - mean)
    return (to_slope @ y) ** 2 * spread / whole


rows = np.array([to_slope, -to_slope, to_intercept, -to_intercept])
ends = np.array([slope[0] + slope[1], slope[1] - slope[0], intercept[0] + intercept[1], intercept[1] - intercept[0]])
box = [(rate - slack, rate + slack) for rate in rates]
for groups in (False, True):
    found = []
    for sign in (1, -1):
        for seed in range(20):
            start = linprog(np.random.default_rng(seed).normal(size=3), A_ub=rows, b_ub=ends, bounds=box).x
            inside = {"type": "ineq", "fun": lambda y: ends - rows @ y}
            best = minimize(lambda y: sign * 100 * r2(y, groups), start, bounds=box, constraints=[inside], method="SLSQP", options={"ftol": 1e-14})
            found += [r2(start, groups)] + ([r2(best.x, groups)] if (ends - rows @ best.x).min() > -1e-10 else [])
    print("groups" if groups else "cases", min(found), max(found))
