"""Writes compare.json: the reference values of tests/it/stats/compare.rs.

Run: python3 -m pip install scipy==1.17.1 statsmodels==0.15.0 && python3 compare.py
Everything is scipy's or statsmodels' own answer, but for the intervals and errors of effect sizes, which are written
out here from their sources (Borenstein et al. 2009, chapters 4 and 5).
"""

import json
import math
import pathlib

import numpy as np
from scipy import stats
from scipy.special import gammaln
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

X = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
Y = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
A = [1, 2, 2, 3, 5, 8, 8, 9.0]
B = [2, 3, 4, 4, 6, 9, 12.0]
SIDES = ["two-sided", "greater", "less"]
cases = {}


def put(name, **values):
    cases[name] = {key: float(value) for key, value in values.items()}


def tested(name, result, **more):
    put(name, statistic=result.statistic, p=result.pvalue, **more)


for side in SIDES:
    tested(f"welch {side}", stats.ttest_ind(X, Y, equal_var=False, alternative=side))
    tested(f"student {side}", stats.ttest_ind(X, Y, alternative=side))
    tested(f"paired {side}", stats.ttest_rel(X, Y, alternative=side))
    tested(f"one-sample {side}", stats.ttest_1samp(X, 5.3, alternative=side))
    tested(f"mann-whitney exact {side}", stats.mannwhitneyu(X[:6], Y[4:9], method="exact", alternative=side))
    for c in (True, False):
        kind = "corrected" if c else "plain"
        tested(f"mann-whitney {kind} {side}",
               stats.mannwhitneyu(A, B, method="asymptotic", use_continuity=c, alternative=side))
        w = stats.wilcoxon(A[:7], B, correction=c, method="asymptotic", alternative=side)
        put(f"wilcoxon {kind} {side}", p=w.pvalue)
    w = stats.wilcoxon(X, Y, method="exact", alternative=side)
    put(f"wilcoxon exact {side}", p=w.pvalue)
    tested(f"pearson {side}", stats.pearsonr(X, Y, alternative=side))
    tested(f"spearman {side}", stats.spearmanr(A[:7], B, alternative=side))
    tested(f"kendall exact {side}", stats.kendalltau(X, Y, method="exact", alternative=side))
    tested(f"kendall ties {side}", stats.kendalltau(A[:7], B, method="asymptotic", alternative=side))
    for name, table in [("small", [[8, 2], [1, 5]]), ("large", [[120, 80], [90, 110]]), ("zero", [[7, 0], [3, 9]])]:
        put(f"fisher {name} {side}", p=stats.fisher_exact(table, alternative=side).pvalue)
    for k, n, p in [(7, 20, 0.5), (7, 20, 0.2), (0, 12, 0.1), (3, 100, 0.07), (12, 12, 0.9), (480, 1000, 0.5)]:
        put(f"binomial {k} {n} {p} {side}", p=stats.binomtest(k, n, p, alternative=side).pvalue)
    z = proportions_ztest([56, 48], [70, 80], alternative={"two-sided": "two-sided", "greater": "larger", "less": "smaller"}[side])
    put(f"proportions {side}", statistic=z[0], p=z[1])

# Exact over the mid-ranks of ties, by listing every division and every sign.
import itertools
pooled = stats.rankdata(A[:5] + B[:5])
sums = np.array([sum(pooled[list(c)]) for c in itertools.combinations(range(10), 5)])
seen, mean = pooled[:5].sum(), sums.mean()
put("mann-whitney ties", p=np.mean(np.abs(sums - mean) >= abs(seen - mean) - 1e-9))
d = np.array(A[:7]) - np.array([2, 1, 5, 1, 9, 2, 10.0])
d = d[d != 0]
r = stats.rankdata(np.abs(d))
ws = np.array([np.dot(s, r) for s in itertools.product([0, 1], repeat=len(d))])
w = r[d > 0].sum()
put("wilcoxon ties", p=np.mean(np.abs(ws - ws.mean()) >= abs(w - ws.mean()) - 1e-9))

ci = stats.ttest_ind(X, Y, equal_var=False).confidence_interval()
put("welch interval", low=ci.low, high=ci.high, df=stats.ttest_ind(X, Y, equal_var=False).df)
ci = stats.ttest_1samp(X, 5.3).confidence_interval(0.9)
put("one-sample interval", low=ci.low, high=ci.high)
ci = stats.pearsonr(X, Y).confidence_interval()
put("pearson interval", low=ci.low, high=ci.high)
for name, table in [("small", [[8, 2], [1, 5]]), ("large", [[120, 80], [90, 110]])]:
    found = stats.contingency.odds_ratio(table, kind="conditional")
    ci = found.confidence_interval()
    put(f"conditional {name}", value=found.statistic, low=ci.low, high=ci.high)
ci = stats.contingency.odds_ratio([[0, 7], [9, 3]], kind="conditional").confidence_interval()
put("conditional none", value=0, low=0, high=ci.high)
for k, n in [(7, 20), (0, 12), (480, 1000)]:
    ci = stats.binomtest(k, n).proportion_ci(method="exact")
    put(f"clopper {k} {n}", low=ci.low, high=ci.high)
for correction in (False, True):
    found = stats.chi2_contingency([[12, 5], [9, 17]], correction=correction)
    put(f"chi2 {correction}", statistic=found[0], p=found[1])
found = stats.chi2_contingency([[12, 5], [9, 17], [4, 4]], correction=False)
put("chi2 3x2", statistic=found[0], p=found[1], v=stats.contingency.association([[12, 5], [9, 17], [4, 4]], method="cramer"))
for method in ("newcomb", "wald"):
    low, high = confint_proportions_2indep(56, 70, 48, 80, method=method)
    put(method, low=low, high=high)
t = Table2x2(np.array([[56, 14], [48, 32]]))
put("odds", value=t.oddsratio, low=t.oddsratio_confint()[0], high=t.oddsratio_confint()[1])
put("risk", value=t.riskratio, low=t.riskratio_confint()[0], high=t.riskratio_confint()[1])


def effect(name, value, variance, by=1.0):
    z = stats.norm.ppf(0.975)
    e = by * math.sqrt(variance)
    put(name, value=by * value, se=e, low=by * value - z * e, high=by * value + z * e)


x, y = np.array(X), np.array(Y)
n = len(x)
sp = math.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)
d = (x.mean() - y.mean()) / sp
v = 2 / n + d * d / (4 * n)
m = 2 * n - 2
effect("cohen_d", d, v)
effect("hedges_g", d, v, math.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / math.sqrt(m / 2))
z = (x - y).mean() / (x - y).std(ddof=1)
effect("cohen_dz", z, 1 / n + z * z / (2 * n))
pathlib.Path(__file__).with_name("compare.json").write_text(json.dumps(cases, indent=1) + "\n")
