"""Writes compare_exact.json: what floats lose, for tests/it/stats/compare_exact.rs.

Run: python3 -m pip install mpmath==1.3.0 && python3 compare_exact.py
The conditional odds ratios and their intervals are roots in mpmath with 40 digits; Pearson's t near r = 1 is of the doubles
themselves, in exact fractions, p an incomplete beta of mpmath; Spearman's p lists every order of the (mid-)ranks.
"""

import itertools
import json
import math
import pathlib
from fractions import Fraction

from mpmath import betainc, binomial, exp, log, mp, mpf, sqrt

mp.dps = 40
TABLES = [(560, 20, 20, 560), (600, 20, 20, 600), (20, 600, 600, 20), (1, 999, 999, 1), (999, 1, 1, 999),
          (1000, 100, 100, 1000), (8, 2, 1, 5)]
X = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
Y = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
A = [1, 2, 2, 3, 5, 8, 8]
B = [2, 3, 4, 4, 6, 9, 12]


def conditional(a, b, c, d):
    row, column, n = a + b, a + c, a + b + c + d
    first, last = max(0, row + column - n), min(row, column)
    logs = [log(binomial(row, x) * binomial(n - row, column - x)) for x in range(first, last + 1)]
    seen = a - first

    def tilted(by):
        tilts = [one + x * by for x, one in enumerate(logs)]
        most = max(tilts)
        terms = [exp(one - most) for one in tilts]
        whole = sum(terms)
        return [term / whole for term in terms]

    def root(rising):
        low, high = mpf(-60), mpf(60)
        for _ in range(110):
            middle = (low + high) / 2
            low, high = (middle, high) if rising(middle) < 0 else (low, middle)
        return float(exp(low))

    half = mpf(1) / 40
    return {
        "table": [[a, b], [c, d]],
        "value": root(lambda by: sum(x * share for x, share in enumerate(tilted(by))) - seen),
        "low": root(lambda by: sum(tilted(by)[seen:]) - half),
        "high": root(lambda by: half - sum(tilted(by)[:seen + 1])),
    }


def near_one(size):
    x = [float(i) for i in range(12)]
    y = [2.0 * i + size * ((7 * i) % 5 - 2) for i in range(12)]
    fx, fy = [Fraction(v) for v in x], [Fraction(v) for v in y]
    mx, my = sum(fx) / 12, sum(fy) / 12
    xx = sum((v - mx) ** 2 for v in fx)
    yy = sum((v - my) ** 2 for v in fy)
    xy = sum((v - mx) * (w - my) for v, w in zip(fx, fy))
    rest = 1 - xy * xy / (xx * yy)
    rest = mpf(rest.numerator) / rest.denominator
    t = sqrt((1 - rest) * 10 / rest)
    return {"x": x, "y": y, "t": float(t), "p": float(betainc(5, mpf(1) / 2, 0, 10 / (10 + t * t), regularized=True))}


def ranks(values):
    ordered = sorted(values)
    return [Fraction(2 * ordered.index(v) + ordered.count(v) + 1, 2) for v in values]


def spearman(x, y):
    one, other = ([int(2 * r) for r in ranks(v)] for v in (x, y))
    n = len(x)
    product = sum(a * b for a, b in zip(one, other))
    centre = n * (n + 1) ** 2  # the mean of the products of doubled ranks
    far = above = below = 0
    for order in itertools.permutations(other):
        found = sum(a * b for a, b in zip(one, order))
        far += abs(found - centre) >= abs(product - centre)
        above += found >= product
        below += found <= product
    orders = math.factorial(n)
    squares = sum((a - b) ** 2 for a, b in zip(one, other)) / 4
    return {"x": x, "y": y, "statistic": squares, "two-sided": far / orders, "greater": above / orders, "less": below / orders}


answers = {
    "conditional": [conditional(*table) for table in TABLES],
    "near_one": [near_one(size) for size in (1e-4, 1e-6, 1e-7, 1e-8)],
    "spearman": [spearman(x, y) for x, y in [
        ([1, 2, 3, 4], [-2, -4, -6, -8]), ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]), (X[:5], Y[:5]), (X[:7], Y[:7]), (X[:9], Y[:9]),
        (X, Y), (A, B), ([1, 1, 2, 3], [1, 1, 2, 3])]],
}
pathlib.Path(__file__).with_name("compare_exact.json").write_text(json.dumps(answers, indent=1) + "\n")
