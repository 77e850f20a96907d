"""Writes many.json: standard errors of models with many coefficients.

The rows are made by whole numbers (xorshift), here and in tests/it/stats/many.rs alike, so none is stored.
Heteroskedastic and one-way clustered errors are those of statsmodels on dummies, two-way ones those of pyfixest (the
convention of fixest: one group factor, of the fewer clusters).

Run: python3 -m pip install numpy pandas statsmodels==0.15.0 pyfixest==0.60.0 && python3 many.py
"""

import json
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.api as sm
from xorshift import Numbers

warnings.simplefilter("ignore")
LEVELS, SIDES, ROWS = 48, 5, 3000


def rows():
    r = Numbers(314159265358979)
    made = []
    for _ in range(ROWS):
        few = r.below(3) == 0
        g = r.below(8 if few else LEVELS)
        h = r.below(SIDES)
        x = r.unit() + g % 7 * 0.125
        a = (g * 5 + r.below(9)) % 60
        b = r.below(25)
        w = 1 + r.below(4)
        y = 0.5 * x + g % 11 * 0.25 - h * 0.125 + a % 4 * 0.5 + r.unit() * (1.0 + g % 3)
        made.append((g, h, x, a, b, w, y))
    return pd.DataFrame(made, columns=["g", "h", "x", "a", "b", "w", "y"])


d = rows()
g = np.column_stack([(d.g == level) for level in range(1, LEVELS)]).astype(float)
h = np.column_stack([(d.h == level) for level in range(1, SIDES)]).astype(float)
both = np.column_stack([g[:, i] * h[:, j] for i in range(LEVELS - 1) for j in range(SIDES - 1)])
plain = np.column_stack([np.ones(ROWS), d.x, g])
crossed = np.column_stack([plain, h, both])
assert np.linalg.matrix_rank(crossed) == crossed.shape[1], crossed.shape

kept = {}
for kind in ["HC0", "HC1", "HC2", "HC3"]:
    kept[kind] = sm.OLS(d.y, plain).fit(cov_type=kind).bse.tolist()
by = {"groups": d.a}
kept["cluster"] = sm.OLS(d.y, crossed).fit(cov_type="cluster", cov_kwds=by).bse.tolist()
kept["crossed HC1"] = sm.OLS(d.y, crossed).fit(cov_type="HC1").bse.tolist()
weighted = sm.WLS(d.y, plain, weights=d.w)
kept["weighted HC1"] = weighted.fit(cov_type="HC1").bse.tolist()
kept["weighted cluster"] = weighted.fit(cov_type="cluster", cov_kwds=by).bse.tolist()
two = pf.feols("y ~ x + C(g)", d, vcov={"CRV1": "a+b"})
# What is not positive semidefinite is repaired as by Cameron, Gelbach & Miller 2011: negative eigenvalues are zero.
values, vectors = np.linalg.eigh(two._vcov)
assert (values < 0).any()
repaired = (vectors * values.clip(0)) @ vectors.T
kept["two-way"] = np.sqrt(np.diag(repaired)).tolist()
assert len(kept["two-way"]) == plain.shape[1]
iid = sm.OLS(d.y, crossed).fit()
kept["iid"] = iid.bse.tolist()
kept["iid coefficients"] = iid.params.tolist()
json.dump(kept, open("many.json", "w"), indent=0)
print({name: (len(values), values[1]) for name, values in kept.items()})
