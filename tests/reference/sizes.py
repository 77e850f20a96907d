"""Prints the numbers that tests/it/method/sizes.rs and doubtful.rs compare with: exact fractions of the doubles, or numpy.

Run: python3 -m pip install numpy mpmath==1.3.0 && python3 sizes.py
"""

from fractions import Fraction as F

import numpy as np
from mpmath import exp, log, mp, mpf, sqrt

mp.dps = 40


def alpha(a, b, distance):
    """Krippendorff's alpha of two coders, pair by pair as the definition has it."""
    codes = [F(x) for x in a + b]
    seen = 2 * sum(distance(F(x), F(y)) for x, y in zip(a, b))
    expected = sum(distance(x, y) for x in codes for y in codes)
    return float(1 - (len(codes) - 1) * seen / expected)


def interval(x, y):
    return (x - y) ** 2


def ratio(x, y):
    return ((x - y) / (x + y)) ** 2


far = [1e15 + x for x in (0, 1, 2, 4)]
print("alpha beside 1e15", alpha([far[k] for k in (0, 1, 2, 3, 1, 0, 0)], [far[k] for k in (0, 1, 2, 3, 2, 0, 1)], interval))
print("alpha of ratios", alpha([1e-200, 1e-200, 2e-200, 1e200], [2e-200, 1e-200, 2e-200, 1e200], ratio))


def geometric_error(values):
    logs = [log(mpf(x)) for x in values]
    mean = sum(logs) / len(logs)
    variance = sum((x - mean) ** 2 for x in logs) / (len(logs) - 1)
    return float(exp(mean) * sqrt(variance / len(logs)))


print("geometric mean, error", geometric_error([1e15 + x for x in (1, 2, 3, 4.5)]))
print("geometric mean of two, error", geometric_error([1e15 + 1, 1e15 + 2]))

y = [F(1e12 + x) for x in (0.1, 0.2, 0.4, 0.3, 0.6, 0.5)]
print("change of sums", float(sum(y[3:]) - sum(y[:3])), "of means", float((sum(y[3:]) - sum(y[:3])) / 3))

# Two-way clusters whose covariance has a negative eigenvalue: G/(G - 1) of the fewer clusters, (n - 1)/(n - k).
g, h, d = np.array([[1, 1, 0, 0, 0, 1, 1, 0], [0, 0, 1, 1, 2, 1, 1, 1], [0, 2, 0, 0, 1, 0, 1, 1]])
x = np.column_stack([np.ones(8), g])
outcome = np.array([1.0, 0, 7, 9, 6, 8, 4, 0])
bread = np.linalg.inv(x.T @ x)
scores = x * (outcome - x @ bread @ x.T @ outcome)[:, None]


def meat(way):
    sums = [scores[way == level].sum(axis=0) for level in np.unique(way)]
    return sum(np.outer(s, s) for s in sums)


fewer = min(len(set(h)), len(set(d)))
v = bread @ (meat(h) + meat(d) - meat(10 * h + d)) @ bread * fewer / (fewer - 1) * 7 / 6
values, vectors = np.linalg.eigh(v)
assert values.min() < 0
repaired = (vectors * values.clip(0)) @ vectors.T
for level in (0, 1):
    # With one factor alone the rate is the level's own mean.
    rate = np.array([1.0, level])
    print(f"adjusted rate of g = {level}, error", np.sqrt(rate @ repaired @ rate))

# The clustered error of a standard deviation, every row a cluster: exact fractions, two roots at the end.
x = [F(1), F(10**16), F(10**16), F(13, 4)]
n, mean = len(x), sum(x) / len(x)
squares = [(one - mean) ** 2 for one in x]
scores = sum((one - sum(squares) / n) ** 2 for one in squares)
error = (float(F(n, n - 1) * scores / (sum(squares) / (n - 1)))) ** 0.5 / (2 * (n - 1))
print("clustered error of a deviation", error)
