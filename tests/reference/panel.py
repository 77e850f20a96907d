"""Writes panel.csv (a small generated panel) and panel.json (reference fits of it).

Run: python3 -m pip install numpy pandas statsmodels==0.15.0 pyfixest==0.60.0 linearmodels && python3 panel.py
"""

import json
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.api as sm
from pyfixest.demeaners import MapDemeaner

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
n = 400
d = pd.DataFrame({"g": rng.integers(0, 45, n), "t": rng.integers(0, 42, n), "x": rng.normal(size=n).round(6), "u": rng.normal(size=n).round(6)})
effect = rng.normal(size=45)[d.g] * 0.4
d["z"] = (0.6 * d.u + 0.5 * d.x + rng.normal(size=n)).round(6)
eta = -0.3 + 0.5 * d.x - 0.4 * d.z + effect
d["binary"] = (rng.logistic(size=n) < eta).astype(int)
d["count"] = rng.poisson(np.exp(0.3 + 0.3 * d.x - 0.2 * d.z + effect))
d["y"] = (1 + 0.7 * d.x - 0.3 * d.z + effect + rng.normal(size=n)).round(6)
d.to_csv("panel.csv", index=False)
X = sm.add_constant(d[["x", "z"]])
out = {}


def keep(name, b, se, **more):
    out[name] = {"b": list(map(float, b)), "se": list(map(float, se)), **more}


for name, family, y in [
    ("logit", sm.families.Binomial(), d.binary),
    ("probit", sm.families.Binomial(sm.families.links.Probit()), d.binary),
    ("poisson", sm.families.Poisson(), d["count"]),
]:
    model = sm.GLM(y, X, family=family)
    r = model.fit(tol=1e-14, maxiter=200)
    keep(name, r.params, r.bse, deviance=float(r.deviance), llf=float(r.llf))
    r = model.fit(tol=1e-14, maxiter=200, cov_type="HC0")
    keep(name + "_hc0", r.params, r.bse)
    # statsmodels' own correction, (n-1)/(n-k) G/(G-1), is that of fixest
    r = model.fit(tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": d.g})
    keep(name + "_cluster", r.params, r.bse)
for kind in ("HC0", "HC1", "HC2", "HC3"):
    r = sm.OLS(d.y, X).fit(cov_type=kind)
    keep("ols_" + kind.lower(), r.params, r.bse)
for kind in ("HC2", "HC3"):
    dummies = pd.get_dummies(d.g, prefix="g", drop_first=True).astype(float)
    r = sm.OLS(d.y, pd.concat([X, dummies], axis=1)).fit(cov_type=kind)
    keep("dummies_" + kind.lower(), r.params[["x", "z"]], r.bse[["x", "z"]])
m = pf.feols("y ~ x + z | g + t", d, vcov={"CRV1": "g"}, fixef_rm="none", demeaner=MapDemeaner(fixef_tol=1e-13))
keep("nested_cluster", m.coef(), m.se())
m = pf.fepois("count ~ x + z | g", d, vcov="iid", iwls_tol=1e-14)
keep("poisson_absorb_iid", m.coef(), m.se(), n=int(m._N))
m = pf.fepois("count ~ x + z | g", d, vcov={"CRV1": "t"}, iwls_tol=1e-14)
keep("poisson_absorb_cluster_t", m.coef(), m.se(), n=int(m._N))
m = pf.feols("y ~ x + z", d, vcov={"CRV1": "g + t"})
keep("two_way", m.coef(), m.se())
m = pf.feols("y ~ x + 1 | z ~ u", d, vcov="iid")
keep("iv_iid", m.coef(), m.se(), names=list(m.coef().index))
m = pf.feols("y ~ x + 1 | z ~ u", d, vcov="HC1")
keep("iv_hc1", m.coef(), m.se(), names=list(m.coef().index))
m = pf.feols("y ~ x + 1 | z ~ u", d, vcov={"CRV1": "g"})
keep("iv_cluster", m.coef(), m.se(), names=list(m.coef().index))
json.dump(out, open("panel.json", "w"), indent=1)
