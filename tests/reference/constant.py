"""Writes constant.csv: models without a constant, for tests/it/method/regressions.rs.

Run: python3 -m pip install statsmodels==0.15.0 && python3 constant.py
Rows are those of panel.csv (tests/reference/panel.py), with k = row mod 3. R² is statsmodels', about zero where the model
spans no constant; F is the joint test of all coefficients under the errors asked for.
"""

import csv
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm

here = pathlib.Path(__file__).parent
d = pd.read_csv(here / "panel.csv")
d["k"] = np.arange(len(d)) % 3
levels = pd.get_dummies(d.k, prefix="k", prefix_sep="=").astype(float)
plain = d[["x", "z"]]
full = pd.concat([levels, d[["x"]]], axis=1)
out = []


def put(case, fit, r2=True):
    for name in fit.params.index:
        out.append([case, name, repr(float(fit.params[name])), repr(float(fit.bse[name]))])
    if r2:
        out.append([case, "r2", repr(float(fit.rsquared)), ""])
        out.append([case, "adjusted_r2", repr(float(fit.rsquared_adj)), ""])
        v = fit.cov_params().values
        b = fit.params.values
        out.append([case, "f", repr(float(b @ np.linalg.solve(v, b) / len(b))), ""])


put("plain", sm.OLS(d.y, plain).fit())
put("weighted", sm.WLS(d.y, plain, weights=d["count"] + 1.0).fit(cov_type="HC1", use_t=True))
put("clustered", sm.OLS(d.y, plain).fit(cov_type="cluster", cov_kwds={"groups": d.g}, use_t=True))
put("logit", sm.Logit(d.binary, plain).fit(tol=1e-14, disp=0, maxiter=100), r2=False)
put("poisson", sm.GLM(d["count"], full, family=sm.families.Poisson()).fit(tol=1e-14), r2=False)
levels_fit = sm.OLS(d.y, full).fit()
for name in levels_fit.params.index:
    out.append(["levels", name, repr(float(levels_fit.params[name])), repr(float(levels_fit.bse[name]))])
with (here / "constant.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["case", "name", "value", "se"])
    writer.writerows(out)
