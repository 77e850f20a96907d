"""Writes crossed.json: fits of generated panels with two and three large crossed effects.

The panels are made by whole numbers (xorshift), here and in tests/it/stats/crossed.rs alike, so none is stored.
Effects are taken out by a sparse LU factorisation (scipy) of the grounded normal equations, refined in long doubles;
ranks are those of the dummies by singular values (numpy), or levels less components where there are too many.
pyfixest 0.60 at a tightened tolerance must agree wherever it can: the script stops if it does not.

Run: python3 -m pip install numpy pandas scipy pyfixest==0.60.0 && python3 crossed.py
"""

import json
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf
import scipy.sparse as sp
from pyfixest.demeaners import MapDemeaner
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu
from xorshift import Numbers

warnings.simplefilter("ignore")


def panel(kind):
    """Rows of a panel: worker, firm, year, x, z, u, y, count, weight."""
    r = Numbers({"movers": 88172645463325252, "chain": 1234567890123, "three": 998877665544}[kind])
    rows = []
    n = {"movers": 6000, "chain": 9000, "three": 5000}[kind]
    for i in range(n):
        if kind == "chain":
            # a worker is in two neighbouring firms; the chain is cut twice
            w = i % 3000
            f = min(w + r.below(2), [1400, 1402, 2999][0 if w <= 1400 else 1 if w <= 1402 else 2])
        else:
            # two separate blocks of workers and firms, unbalanced: small numbers are likelier
            w = min(r.below(1500), r.below(1500))
            f = (w * 7 % 200 + r.below(9)) % 200 + 200 * (w % 2)
        t = r.below(12)
        x = r.unit() + w % 10 * 0.125 + f % 7 * 0.25
        u = r.unit() - f % 3 * 0.5
        z = 0.5 * u + 0.25 * x + r.unit()
        y = 0.5 * x - 0.25 * z + w % 13 * 0.5 - f % 11 * 0.25 + r.unit() * (1.0 + x)
        count = float(int(r.unit() * r.unit() * (2.0 + x + w % 5)))
        weight = 1.0 + r.below(4)
        rows.append((w, f, t, x, z, u, y, count, weight))
    d = pd.DataFrame(rows, columns=["worker", "firm", "year", "x", "z", "u", "y", "count", "weight"])
    # regions hold whole firms of odd numbers, and cross years elsewhere
    d["region"] = np.where(d.firm % 2 == 1, d.firm % 8, 8 + (d.firm + d.year) % 40)
    return d


def dummies(d, effects):
    parts = []
    for e in effects:
        codes = np.unique(d[e], return_inverse=True)[1]
        parts.append(sp.csr_matrix((np.ones(len(d)), (np.arange(len(d)), codes))))
    return parts


def rank(d, effects):
    parts = dummies(d, effects)
    if len(effects) == 2:
        a, b = parts
        graph = sp.bmat([[None, a.T @ b], [b.T @ a, None]])
        return graph.shape[0] - connected_components(graph, directed=False)[0]
    return int(np.linalg.matrix_rank(sp.hstack(parts).toarray()))


def within(d, effects, columns, w):
    """What the effects leave of columns, by sparse LU with a small ridge, refined until nothing changes."""
    D = sp.hstack(dummies(d, effects)).tocsr()
    G = (D.T @ sp.diags(w) @ D).tocsc()
    lu = splu((G + 1e-6 * sp.identity(G.shape[0])).tocsc())
    DT = D.T.tocsr()
    left = []
    for c in columns:
        v = np.asarray(d[c], dtype=np.longdouble)
        for _ in range(5000):
            sums = np.asarray(DT @ np.asarray(w * v, dtype=np.float64))
            alpha = lu.solve(sums)
            step = D @ alpha
            v = v - step
            if np.abs(step).max() < 2e-15:
                break
        else:
            raise SystemExit(f"{c} did not settle: {np.abs(step).max()}")
        left.append(v)
    return np.column_stack(left)


def solve(A, b):
    """Solves in long doubles by elimination."""
    A, b = A.astype(np.longdouble).copy(), b.astype(np.longdouble).copy()
    n = len(A)
    for i in range(n):
        for j in range(i + 1, n):
            f = A[j, i] / A[i, i]
            A[j] -= f * A[i]
            b[j] -= f * b[i]
    x = np.zeros_like(b)
    for i in reversed(range(n)):
        x[i] = (b[i] - A[i, i + 1 :] @ x[i + 1 :]) / A[i, i]
    return x


def meat(scores, groups):
    codes = np.unique(groups, return_inverse=True)[1]
    sums = np.zeros((codes.max() + 1, scores.shape[1]), dtype=np.longdouble)
    np.add.at(sums, codes, scores)
    return sums.T @ sums, codes.max() + 1


def fit(d, effects, errors, weights=None, instrument=False, clusters=()):
    w = np.ones(len(d)) if weights is None else d[weights].to_numpy()
    names = ["y", "x", "z"] + (["u"] if instrument else [])
    t = within(d, effects, names, w)
    y, X = t[:, 0], t[:, 1:3]
    P = X
    if instrument:
        Z = t[:, [1, 3]]
        P = Z @ solve(Z.T @ (w[:, None] * Z), Z.T @ (w[:, None] * X))
    bread = solve(P.T @ (w[:, None] * P), np.eye(2))
    b = bread @ (P.T @ (w * y))
    e = y - X @ b
    n, r = len(d), rank(d, effects)
    k = 2 + r
    levels = 2 + sum(d[f].nunique() for f in effects) - (len(effects) - 1)
    scores = P * (w * e)[:, None]
    if errors == "iid":
        V = bread * (w * e * e).sum() / (n - levels)
    elif errors == "hc1":
        V = bread @ (scores.T @ scores) @ bread * n / (n - levels)
    else:
        free = sum(d[f].nunique() - 1 for f in effects if any((d.groupby(f)[c].nunique() == 1).all() for c in clusters))
        M = 0
        ways = [[c] for c in clusters] + ([list(clusters)] if len(clusters) == 2 else [])
        sizes = []
        for way in ways:
            part, size = meat(scores, d.groupby(way).ngroup())
            sizes.append(size)
            M = M + part * (1 if len(way) == 1 else -1)
        smallest = min(sizes[: len(clusters)])
        V = bread @ M @ bread * (n - 1) / (n - (levels - free)) * smallest / (smallest - 1)
    return {
        "b": [float(v) for v in b],
        "se": [float(v) for v in np.sqrt(np.diag(V))],
        "rank": k,
        "n": n,
        "r2": float(1 - (w * e * e).sum() / (w * (d.y - np.average(d.y, weights=w)) ** 2).sum()),
        "within_r2": float(1 - (w * e * e).sum() / (w * y * y).sum()),
    }


def agree(name, ours, model, b=1e-9, se=1e-9):
    for mine, theirs, tolerance in [(ours["b"], model.coef()[["x", "z"]], b), (ours["se"], model.se()[["x", "z"]], se)]:
        gap = max(abs(m / t - 1) for m, t in zip(mine, theirs))
        print(f"{name}: pyfixest within {gap:.1e}")
        if gap > tolerance:
            raise SystemExit(f"{name} differs from pyfixest: {mine} {list(theirs)}")


tight = MapDemeaner(fixef_tol=1e-13, fixef_maxiter=1_000_000)
common = {"fixef_rm": "none", "demeaner": tight}
out = {}
movers, chain, three = panel("movers"), panel("chain"), panel("three")
two = ["worker", "firm"]
many = ["worker", "firm", "year", "region"]
for name, d, effects, rhs in [("movers", movers, two, "worker + firm"), ("three", three, many, "worker + firm + year + region")]:
    out[f"{name}_iid"] = fit(d, effects, "iid")
    agree(f"{name}_iid", out[f"{name}_iid"], pf.feols(f"y ~ x + z | {rhs}", d, vcov="iid", **common))
    out[f"{name}_hc1"] = fit(d, effects, "hc1")
    agree(f"{name}_hc1", out[f"{name}_hc1"], pf.feols(f"y ~ x + z | {rhs}", d, vcov="HC1", **common))
    out[f"{name}_cluster_firm"] = fit(d, effects, "cluster", clusters=["firm"])
    agree(f"{name}_cluster_firm (nested: their K may differ)", out[f"{name}_cluster_firm"], pf.feols(f"y ~ x + z | {rhs}", d, vcov={"CRV1": "firm"}, **common), se=1)
out["movers_cluster_year"] = fit(movers, two, "cluster", clusters=["year"])
agree("movers_cluster_year", out["movers_cluster_year"], pf.feols("y ~ x + z | worker + firm", movers, vcov={"CRV1": "year"}, **common))
out["movers_two_way"] = fit(movers, two, "cluster", clusters=["firm", "year"])
out["movers_weights"] = fit(movers, two, "hc1", weights="weight")
agree("movers_weights", out["movers_weights"], pf.feols("y ~ x + z | worker + firm", movers, vcov="HC1", weights="weight", **common))
out["movers_iv"] = fit(movers, two, "cluster", instrument=True, clusters=["year"])
agree("movers_iv", out["movers_iv"], pf.feols("y ~ x | worker + firm | z ~ u", movers, vcov={"CRV1": "year"}, **common))
single = movers
while True:
    kept = single[(single.groupby("worker").worker.transform("size") > 1) & (single.groupby("firm").firm.transform("size") > 1)]
    if len(kept) == len(single):
        break
    single = kept
out["movers_singletons_dropped"] = fit(single, two, "iid")
m = pf.feols("y ~ x + z | worker + firm", movers, vcov="iid", fixef_rm="singleton", demeaner=tight)
agree("movers_singletons_dropped", out["movers_singletons_dropped"], m)
assert m._N == out["movers_singletons_dropped"]["n"], m._N
out["chain_iid"] = fit(chain, two, "iid")
out["chain_cluster_worker"] = fit(chain, two, "cluster", clusters=["worker"])
for name, fml in [("poisson_two", "count ~ x + z | worker + firm"), ("poisson_three", "count ~ x + z | worker + firm + year")]:
    m = pf.fepois(fml, movers, vcov={"CRV1": "year"}, fixef_rm="none", iwls_tol=1e-14, iwls_maxiter=200, demeaner=tight)
    out[name] = {"b": list(map(float, m.coef())), "se": list(map(float, m.se())), "n": int(m._N), "deviance": float(m.deviance)}
json.dump(out, open("crossed.json", "w"), indent=1)
