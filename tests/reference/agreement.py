"""Writes agreement.json: the reference values of tests/it/stats/agreement.rs.

Run: python3 -m pip install statsmodels==0.15.0 && python3 agreement.py
Kappa and its errors are statsmodels' answers; alpha is its definition, pair by pair, in exact fractions.
"""

import json
import pathlib
from fractions import Fraction as F

import numpy as np
from statsmodels.stats.inter_rater import cohens_kappa

out = {"kappa": [], "alpha": []}
tables = [[[53, 5, 2], [11, 14, 5], [1, 6, 3]], [[20, 5], [10, 15]], [[9, 3, 0, 1], [2, 8, 4, 0], [0, 3, 7, 2], [1, 0, 2, 11]]]
for table in tables:
    for weights, name in [(None, "none"), ("linear", "linear"), ("quadratic", "quadratic")]:
        found = cohens_kappa(np.array(table), wt=weights)
        out["kappa"].append({
            "table": table, "weights": name, "value": float(found.kappa),
            "se": float(found.std_kappa), "null_se": float(found.std_kappa0),
            "low": float(found.kappa_low), "high": float(found.kappa_upp), "p": float(found.pvalue_two_sided),
        })

coders = [
    [None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3],
    [1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None],
    [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4],
]
four = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def alpha(units, metric):
    units = [u for u in units if len(u) > 1]
    every = [v for u in units for v in u]
    count = {v: every.count(v) for v in sorted(set(every))}

    def square(c, k):
        if metric == "nominal":
            return F(c != k)
        if metric == "interval":
            return F(c - k) ** 2
        if metric == "ratio":
            return F(c - k, c + k) ** 2 if c + k else F(0)
        low, high = min(c, k), max(c, k)
        between = sum(n for v, n in count.items() if low <= v <= high)
        return (between - F(count[c] + count[k], 2)) ** 2

    n = len(every)
    seen = sum(square(a, b) / (len(u) - 1) for u in units for i, a in enumerate(u) for j, b in enumerate(u) if i != j) / n
    by_chance = sum(square(a, b) for i, a in enumerate(every) for j, b in enumerate(every) if i != j) / F(n * (n - 1))
    return 1 - seen / by_chance


for name, rows in [("three", coders), ("four", four)]:
    units = [[row[u] for row in rows if row[u] is not None] for u in range(len(rows[0]))]
    for metric in ["nominal", "ordinal", "interval", "ratio"]:
        out["alpha"].append({"units": units, "metric": metric, "value": float(alpha(units, metric))})
pathlib.Path(__file__).with_name("agreement.json").write_text(json.dumps(out) + "\n")
