"""Writes summary.json: the reference values of tests/it/stats/summary.rs and tests/it/method/summaries.rs.

Run: python3 -m pip install numpy==2.* scipy==1.17.1 statsmodels==0.15.0 pandas && python3 summary.py
Means, shares and ratios with their errors are statsmodels' fits; quantiles numpy's; ranks scipy's binomial; the change between
two groups is a saturated fit with clusters; NumAcc-like sets are computed in exact fractions.
"""

import json
import math
import pathlib
from fractions import Fraction as F

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20260)
G, n = 12, 80
cluster = np.sort(rng.integers(0, G, n))
effect = rng.normal(0, 1, G)
x = np.round(np.exp(1 + 0.4 * effect[cluster] + 0.6 * rng.normal(size=n)), 2)
y = np.round(2 + 3 * rng.gamma(2.0, size=n), 2)
b = (rng.random(n) < 1 / (1 + np.exp(-effect[cluster]))).astype(int)
late = (rng.random(n) < 0.5).astype(int)
frame = pd.DataFrame({"cluster": cluster, "x": x, "y": y, "b": b, "late": late})
here = pathlib.Path(__file__)
frame.to_csv(here.with_name("summary.csv"), index=False, lineterminator="\n")
out = {}


def put(name, **values):
    out[name] = {key: float(value) for key, value in values.items()}


def constant(values, weights=None, clustered=True):
    """A regression on a constant under CR1 with G/(G-1) only, and t."""
    one = np.ones(len(values))
    fit = sm.WLS(values, one, weights=1.0 if weights is None else weights)
    if clustered:
        # statsmodels' small-sample factor is G/(G-1) (n-1)/(n-k), k = 1 here: that is G/(G-1).
        fit = fit.fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
        df = G - 1
    elif weights is None:
        fit = fit.fit()
        df = len(values) - 1
    else:
        # The linearised error of a ratio is HC1's of this fit.
        fit = fit.fit(cov_type="HC1", use_t=True)
        df = len(values) - 1
    t = stats.t.ppf(0.975, df)
    value, se = fit.params[0], fit.bse[0]
    return dict(value=value, se=se, low=value - t * se, high=value + t * se, df=df)


for kind in (False, True):
    tag = "clustered" if kind else "plain"
    put(f"mean {tag}", **constant(x, clustered=kind))
    log = constant(np.log(x), clustered=kind)
    put(f"geometric {tag}", value=np.exp(log["value"]), se=np.exp(log["value"]) * log["se"],
        low=np.exp(log["low"]), high=np.exp(log["high"]), df=log["df"])
    put(f"ratio {tag}", **constant(x / y, weights=y, clustered=kind))
put("fraction clustered", **constant(b.astype(float)))
f = out["fraction clustered"]
p, effective = f["value"], f["value"] * (1 - f["value"]) / f["se"] ** 2
low, high = proportion_confint(p * effective, effective, method="wilson")
put("fraction clustered wilson", low=low, high=high)
for method in ("wilson", "normal", "beta"):
    low, high = proportion_confint(b.sum(), n, method=method)
    put(f"fraction {method}", low=low, high=high)

methods = ["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen",
           "weibull", "linear", "median_unbiased", "normal_unbiased"]
for number, method in enumerate(methods, 1):
    for level in (0.1, 0.25, 0.5, 0.95):
        put(f"quantile {number} {level}", value=np.quantile(x, level, method=method))
ordered = np.sort(x)
for level in (0.25, 0.5, 0.9):
    low = max(k for k in range(n + 1) if k == 0 or stats.binom.cdf(k - 1, n, level) <= 0.025)
    high = min(k for k in range(1, n + 2) if stats.binom.sf(k - 1, n, level) <= 0.025)
    put(f"ranks {level}", low=ordered[low - 1], high=ordered[high - 1])
    q = np.quantile(x, level)
    se = constant((x <= q).astype(float))["se"]
    t = stats.t.ppf(0.975, G - 1)
    put(f"woodruff {level}", low=np.quantile(x, level - t * se), high=np.quantile(x, level + t * se))

# The change between two groups of clustered rows, errors joint: each group's own G/(G-1), the covariance by the
# root of their product.
groups = [late == 0, late == 1]
sizes = [len(set(cluster[g])) for g in groups]


def joint(scores):
    totals = [pd.Series(s).groupby(cluster).sum() for s in scores]
    factor = [np.sqrt(size / (size - 1)) for size in sizes]
    return np.array([[factor[i] * factor[j] * (totals[i] * totals[j]).sum() for j in (0, 1)] for i in (0, 1)])


def change(name, values, scores):
    v = joint(scores)
    t = stats.t.ppf(0.975, min(sizes) - 1)
    before, after = values
    for tag, value, slope in [("change", after - before, np.array([-1, 1])),
                              ("relative", after / before - 1, np.array([-after / before**2, 1 / before]))]:
        se = np.sqrt(slope @ v @ slope)
        put(f"{name} {tag}", value=value, se=se, low=value - t * se, high=value + t * se,
            p=2 * stats.t.sf(abs(value / se), min(sizes) - 1))


means = [x[g].mean() for g in groups]
change("mean", means, [np.where(g, (x - m) / g.sum(), 0) for g, m in zip(groups, means)])
ratios = [x[g].sum() / y[g].sum() for g in groups]
change("ratio", ratios, [np.where(g, (x - r * y) / y[g].sum(), 0) for g, r in zip(groups, ratios)])
# The difference of means is the slope of a saturated fit, with its own factor G/(G-1) (n-1)/(n-2): the same sandwich.
fit = sm.OLS(x, sm.add_constant(late)).fit(cov_type="cluster", cov_kwds={"groups": cluster})
if sizes == [G, G]:
    slope = fit.bse[1] * np.sqrt((n - 2) / (n - 1))
    assert abs(slope - out["mean change"]["se"]) < 1e-12

# NumAcc3 and NumAcc4 (NIST StRD, univariate) as their files say they are made: an offset, and -.1/+.1 around it.
for name, offset in [("NumAcc3", 1000000), ("NumAcc4", 10000000)]:
    text = [f"{offset}.2"] + [f"{offset}.1", f"{offset}.3"] * 500
    doubles = [F(float(one)) for one in text]
    mean = sum(doubles) / len(doubles)
    variance = sum((one - mean) ** 2 for one in doubles) / (len(doubles) - 1)
    # The square root to 50 digits by integers.
    scale = 10**60

    root = F(math.isqrt(int(variance * scale * scale)), scale)
    put(name, mean=float(mean), sd=float(root))
here.with_name("summary.json").write_text(json.dumps(out, indent=1) + "\n")
print(sizes)
