"""Writes margins.json: adjusted rates by level of a factor, with an interaction, of four models of panel.csv.

Run: python3 -m pip install numpy pandas statsmodels==0.15.0 && python3 margins.py
"""

import json

import numpy as np
import pandas as pd
import statsmodels.api as sm

d = pd.read_csv("panel.csv")
d["k"] = np.arange(len(d)) % 3
d["w"] = d["count"] + 1


def design(k):
    one = [(k == level).astype(float) for level in (1, 2)]
    return np.column_stack([np.ones(len(d)), *one, d.x, one[0] * d.x, one[1] * d.x, d.z])


def rates(fit, mean, slope, weights):
    found = []
    for level in range(3):
        x = design(np.full(len(d), level))
        eta = x @ fit.params.to_numpy()
        gradient = (weights * slope(eta)) @ x / weights.sum()
        value = (weights * mean(eta)).sum() / weights.sum()
        found.append({"value": value, "se": float(np.sqrt(gradient @ fit.cov_params().to_numpy() @ gradient))})
    return found


X = pd.DataFrame(design(d.k.to_numpy()))
ones = np.ones(len(d))
logistic = lambda eta: 1 / (1 + np.exp(-eta))
density = lambda eta: np.exp(-eta * eta / 2) / np.sqrt(2 * np.pi)
from scipy.stats import norm
fits = {
    "linear": (sm.OLS(d.y, X).fit(), lambda eta: eta, lambda eta: np.ones_like(eta), ones),
    "weighted": (sm.WLS(d.y, X, weights=d.w).fit(), lambda eta: eta, lambda eta: np.ones_like(eta), d.w.to_numpy().astype(float)),
    "logit": (sm.GLM(d.binary, X, sm.families.Binomial()).fit(tol=1e-14, maxiter=200), logistic, lambda e: logistic(e) * (1 - logistic(e)), ones),
    "probit": (sm.GLM(d.binary, X, sm.families.Binomial(sm.families.links.Probit())).fit(tol=1e-14, maxiter=200), norm.cdf, density, ones),
    "poisson": (sm.GLM(d["count"], X, sm.families.Poisson()).fit(tol=1e-14, maxiter=200, cov_type="cluster", cov_kwds={"groups": d.g}), np.exp, np.exp, ones),
}
json.dump({name: rates(*rest) for name, rest in fits.items()}, open("margins.json", "w"), indent=1)
