"""Writes sessions.json: dense Householder QR fits of the bench's 398,198-row table, for specifications whose answers the
shared reference does not have. Run beside coded_1x.parquet, which the bench's generator writes:

    python3 -m pip install numpy pandas pyarrow && python3 sessions.py FOLDER > sessions.json
"""

import json
import sys

import numpy as np
import pandas as pd

d = pd.read_parquet(sys.argv[1] + "/coded_1x.parquet")
d["ltv"], d["lturns"] = np.log(d.task_value), np.log(d.turns)
EFFECTS = ["mode", "month", "subj", "occ", "model", "band"]


def dummies(frame, name):
    levels = np.unique(frame[name])
    return [(f"{name}={level}", (frame[name] == level).to_numpy().astype(float)) for level in levels[1:]]


def columns(frame, numbers, factors):
    found = dummies(frame, "expertise") + [(name, frame[name].to_numpy().astype(float)) for name in numbers]
    wanted = len(found)
    for name in factors:
        found += dummies(frame, name)
    return [name for name, _ in found], np.column_stack([column for _, column in found]), wanted


def grouped(scores, codes):
    _, dense = np.unique(codes, return_inverse=True)
    order = np.argsort(dense, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(dense[order]) != 0])
    sums = np.add.reduceat(scores[order], starts, axis=0)
    return sums.T @ sums, len(starts)


def fit(x, y):
    q, r = np.linalg.qr(x)
    b = np.linalg.solve(r, q.T @ y)
    e = y - x @ b
    b += np.linalg.solve(r, q.T @ e)  # one step of refinement
    inverse = np.linalg.inv(r)
    return b, y - x @ b, inverse @ inverse.T


def answers(names, wanted, b, bread, meats):
    out = {"names": names[:wanted], "b": b[:wanted].tolist(), "se": {}}
    for word, meat in meats.items():
        covariance = (bread @ meat @ bread)[:wanted, :wanted]
        values, vectors = np.linalg.eigh(covariance)
        if "," in word and values.min() < 0:  # repaired as Cameron, Gelbach & Miller do
            covariance = vectors * np.maximum(values, 0) @ vectors.T
            out.setdefault("repaired", []).append(word)
        out["se"][word] = np.sqrt(np.diag(covariance)).tolist()
    return out


def pooled(outcome, numbers, factors):
    names, x, wanted = columns(d, numbers, factors)
    x = np.column_stack([x, np.ones(len(d))])
    b, e, bread = fit(x, d[outcome].to_numpy().astype(float))
    n, k = x.shape
    scores = x * e[:, None]
    users, g = grouped(scores, d.user)
    subjects, s = grouped(scores, d.subj)
    both, c = grouped(scores, d.user.to_numpy().astype(np.int64) * 1000 + d.subj.to_numpy())
    rows = (n - 1) / (n - k)
    smallest = min(g, s) / (min(g, s) - 1)
    meats = {
        "iid": np.linalg.inv(bread) * (e @ e) / (n - k),
        "hc1": (scores.T @ scores) * n / (n - k),
        "user": users * rows * g / (g - 1),
        # the subjects' effects are nested in the second way: there they count as one
        "user, subj fixest": (users + subjects - both) * (n - 1) / (n - k + s - 1) * smallest,
        "user, subj conventional": (users * g / (g - 1) + subjects * s / (s - 1) - both * c / (c - 1)) * rows,
    }
    return {"n": n, "k": k, **answers(names, wanted, b, bread, meats)}


def within_users(outcome, numbers, factors):
    sizes = d.groupby("user").user.transform("size")
    kept = d[sizes > 1]
    names, x, wanted = columns(kept, numbers, factors)
    y = kept[outcome].to_numpy().astype(float)
    _, user = np.unique(kept.user, return_inverse=True)
    count = np.bincount(user).astype(float)
    for column in range(x.shape[1]):
        x[:, column] -= (np.bincount(user, x[:, column]) / count)[user]
    y = y - (np.bincount(user, y) / count)[user]
    b, e, bread = fit(x, y)
    n, k = len(y), x.shape[1] + 1  # the users' effects are nested in the clusters: they count as one
    meat, g = grouped(x * e[:, None], user)
    meats = {"user": meat * (n - 1) / (n - k) * g / (g - 1)}
    return {"n": n, "k": k, **answers(names, wanted, b, bread, meats)}


NUMBERS = ["ltv", "lturns", "app"]
found = {
    "versions": {"numpy": np.__version__, "pandas": pd.__version__},
    "three numbers": pooled("succ", NUMBERS, EFFECTS[:-1]),
    "failures": pooled("fail", [], EFFECTS),
    "within users": within_users("succ", NUMBERS, EFFECTS[:-1]),
}
json.dump(found, sys.stdout, indent=1)
