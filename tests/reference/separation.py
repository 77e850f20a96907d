"""Writes separation.json: small designs, whether their outcomes are separated, how many rows, and the maximum where not.

Separation is decided by a linear programme (scipy's linprog, HiGHS): maximise Σ t over 0 ≤ t ≤ 1 with s·x'd ≥ t in every row
(Poisson: x'd = 0 where y > 0). d has no bound, so that the maximum counts the rows that can be held apart (Albert & Anderson
1984; Santos Silva & Tenreyro 2010). The maximum of the likelihood is found by Newton's steps, halved, on 50 digits (mpmath),
effects as dummies. Rows of levels without variation are left out first, again and again.

Run: python3 -m pip install numpy scipy mpmath && python3 separation.py
"""

import json

import mpmath as mp
import numpy as np
from scipy.optimize import linprog

mp.mp.dps = 50
rng = np.random.default_rng(1984)


def kept(model, y, effects):
    keep = np.ones(len(y), bool)
    while True:
        before = keep.sum()
        for codes in effects:
            for level in set(codes[keep]):
                rows = keep & (codes == level)
                if (y[rows] == 0).all() or (model != "poisson" and (y[rows] == 1).all()):
                    keep &= ~rows
        if keep.sum() == before:
            return keep


def full(X, effects, intercept):
    parts = [X]
    if effects:
        for codes in effects:
            parts.append(np.column_stack([codes == level for level in sorted(set(codes))]).astype(float))
    elif intercept:
        parts.append(np.ones((len(X), 1)))
    return np.column_stack(parts)


def separated(model, y, D):
    """The rows that some direction holds apart. A row may be scaled at will, and so may a column."""
    D = D / np.maximum(np.abs(D).max(1), 1e-300)[:, None]
    D = D / np.maximum(np.abs(D).max(0), 1e-300)
    sign = np.where(y > 0, 1.0, -1.0)
    free = y == 0 if model == "poisson" else np.ones(len(y), bool)
    n, k = free.sum(), D.shape[1]
    A = np.hstack([-(sign[:, None] * D)[free], np.eye(n)])
    equal = np.hstack([D[~free], np.zeros(((~free).sum(), n))])
    found = linprog(np.r_[np.zeros(k), -np.ones(n)], A_ub=A, b_ub=np.zeros(n),
                    A_eq=equal if len(equal) else None, b_eq=np.zeros(len(equal)) if len(equal) else None,
                    bounds=[(None, None)] * k + [(0, 1)] * n, method="highs")
    assert found.status == 0, found.message
    assert abs(found.fun - round(found.fun)) < 1e-6, found.fun
    return int(round(-found.fun))


def independent(D):
    """Columns that the ones before do not determine."""
    D, columns = D / np.abs(D).max(0), []
    for j in range(D.shape[1]):
        if np.linalg.matrix_rank(D[:, columns + [j]], tol=1e-9) > len(columns):
            columns.append(j)
    return columns


def maximum(model, y, D, clusters=None):
    n, k = D.shape
    scale = [mp.mpf(float(np.abs(D[:, j]).max())) for j in range(k)]
    X = mp.matrix(n, k)
    for i in range(n):
        for j in range(k):
            X[i, j] = mp.mpf(float(D[i, j])) / scale[j]

    def at(b):
        eta = X * b
        value, score, weight, expected = mp.mpf(0), [], [], []
        for i in range(n):
            e, o = eta[i], mp.mpf(float(y[i]))
            if model == "poisson":
                m = mp.e ** e
                value += o * e - m
                score.append(o - m), weight.append(m), expected.append(m)
            elif model == "logit":
                p = 1 / (1 + mp.e ** -e)
                value += mp.log(p if o == 1 else 1 - p)
                score.append(o - p), weight.append(p * (1 - p)), expected.append(p * (1 - p))
            else:
                q = e if o == 1 else -e
                h = mp.npdf(q) / mp.ncdf(q)
                value += mp.log(mp.ncdf(q))
                score.append(h if o == 1 else -h), weight.append(h * (h + q))
                expected.append(mp.npdf(e) ** 2 / (mp.ncdf(e) * mp.ncdf(-e)))
        return value, score, weight, expected

    def information(weight):
        return mp.matrix([[mp.fsum(weight[i] * X[i, a] * X[i, c] for i in range(n)) for c in range(k)] for a in range(k)])

    b = mp.matrix(k, 1)
    for _ in range(300):
        value, score, weight, expected = at(b)
        gradient = mp.matrix([mp.fsum(score[i] * X[i, a] for i in range(n)) for a in range(k)])
        step, share = mp.lu_solve(information(weight), gradient), mp.mpf(1)
        while not at(b + share * step)[0] >= value - mp.mpf(10) ** -40:
            share /= 2
        b += share * step
        if max(abs(step[j]) for j in range(k)) < mp.mpf(10) ** -25:
            inverse = information(at(b)[3]) ** -1
            coefficients = [float(b[j] / scale[j]) for j in range(k)]
            if clusters is None:
                return coefficients, [float(mp.sqrt(inverse[j, j]) / scale[j]) for j in range(k)]
            sums = {}
            for i, code in enumerate(clusters):
                line = sums.setdefault(code, [mp.mpf(0)] * k)
                for j in range(k):
                    line[j] += at(b)[1][i] * X[i, j]
            meat = mp.matrix([[mp.fsum(line[a] * line[c] for line in sums.values()) for c in range(k)] for a in range(k)])
            spread = inverse * meat * inverse
            return coefficients, [float(mp.sqrt(spread[j, j]) / scale[j]) for j in range(k)]
    raise AssertionError("no maximum")


cases = []
while len(cases) < 240:
    model = ["logit", "probit", "poisson"][len(cases) % 3]
    kind = rng.integers(6)
    n, k = int(rng.integers(12, 26)), int(rng.integers(1, 4))
    X = rng.integers(-3, 4, (n, k)).astype(float)
    for j in range(k):
        shape = rng.integers(4)
        if shape == 0:
            X[:, j] = (X[:, j] > 1).astype(float)
        elif shape == 1:
            X[:, j] = np.round(rng.normal(size=n), 3)
    if rng.random() < 0.4:
        X[rng.integers(n), rng.integers(k)] = float(rng.choice([300, -3000, 2e4, -1e6]))
    # Along a direction with noise, so that some designs are separated and some nearly are.
    along = X[:, 0] + rng.choice([0.0, 0.5, 2.0]) * rng.normal(size=n) - rng.integers(-1, 2)
    y = (along > 0).astype(float)
    if model == "poisson":
        y = np.where((along > 0) & (rng.random(n) < 0.8), rng.integers(1, 5, n), 0).astype(float)
    effects = []
    if kind >= 4:
        effects = [rng.integers(0, 4, n) for _ in range(kind - 3)]
    intercept = bool(kind) if not effects else True
    if model == "poisson" and effects and rng.random() < 0.5:
        y = rng.integers(0, 3, n).astype(float)
    keep = kept(model, y, effects)
    if keep.sum() < 8 or len(set(y[keep])) < 2:
        continue
    Y, E = y[keep], [codes[keep] for codes in effects]
    Z = X[keep]
    if (np.ptp(Z, axis=0) == 0).any():
        continue
    base = full(np.empty((len(Y), 0)), E, intercept)
    D = np.column_stack([base, Z])
    columns = independent(D) if D.shape[1] else []
    ahead = base.shape[1]
    if any(ahead + j not in columns for j in range(k)) or len(Y) <= len(columns) + 1:
        continue
    if max(len(Y), 0) < k + sum(len(set(codes)) for codes in E) + 1:
        continue
    rows = separated(model, Y, D)
    case = {"model": model, "intercept": intercept, "effects": [c.tolist() for c in effects], "terms": X.T.tolist(),
            "outcome": y.tolist(), "rows": rows}
    if rows:
        case["alone"] = [separated(model, Y, np.column_stack([full(np.empty((len(Y), 0)), E[:1], intercept), Z[:, [j]]]))
                         if len(E) < 2 else 0 for j in range(k)]
    else:
        b, se = maximum(model, Y, D[:, columns])
        case["coefficients"], case["errors"] = b[-k:], se[-k:]
    cases.append(case)

print(sum(case["rows"] > 0 for case in cases), "separated of", len(cases))

# One row far off, alone in its cluster: its weight is zero to a computer, and it counts nonetheless.
index = np.arange(60)
x = (index * 37 % 41) / 8 - 2.5
z = (index * 17 % 23) / 6 - 2.0
y = ((index * 29 % 31) / 31 < 0.5 + 0.1 * x).astype(float)
x[7], y[7] = 200.0, 1.0
count = np.where(index % 5 == 0, 0.0, np.round(np.exp(2.0 + 0.4 * x.clip(-3, 3) - 0.3 * z)))
u = np.where(index % 9 == 2, 900.0 - 3.0 * index, z)
count[2], count[11] = 5e5, 3.0
clusters = np.where(index == 7, 10, index % 10)
D = np.column_stack([np.ones(60), x, z])
far = {"x": x.tolist(), "z": z.tolist(), "u": u.tolist(), "binary": y.tolist(), "count": count.tolist(),
       "clusters": clusters.tolist(),
       "probit": maximum("probit", y, D), "probit_hc0": maximum("probit", y, D, index)[1],
       "probit_cluster": maximum("probit", y, D, clusters)[1],
       "poisson": maximum("poisson", count, np.column_stack([np.ones(60), x.clip(-3, 3), u]))}
json.dump({"cases": cases, "far": far}, open("separation.json", "w"), separators=(",", ":"))
