"""Recomputes the estimates of the four studies with pandas and statsmodels, independently of secondlook.

    python tests/reference/studies.py DATA_DIR > tests/reference/studies.csv
    python tests/reference/studies.py DATA_DIR --rounding > tests/reference/rounding.csv

DATA_DIR holds `metr-early-2025/data_complete.csv` (`secondlook fetch metr-early-2025` brings it); everything else is in
the tree. Needs pandas, numpy and statsmodels (made with pandas 3.1.1, statsmodels 0.15.0).

An address is that of `results.json`; `.se`, `.ci_low`, `.ci_high` behind it name that part of the estimate. The second table has the ends
of `from_rounding`: the least and the greatest value at the corners of the box that the rounding of the printed cells
allows (the functions here are monotone in each cell over so small a box).
"""

import csv
import itertools
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

TREE = Path(__file__).resolve().parents[2]
Z = 1.959963984540054  # the normal quantile of 0.975
rows = []
roundings = []


def put(study, address, value, how):
    rows.append((study, address, f"{value:.12g}", how))


def table(dataset, name):
    return pd.read_csv(TREE / "data-manifests" / dataset / name)


def metr(data_dir):
    study = "metr-early-2025"
    d = pd.read_csv(data_dir / study / "data_complete.csv")
    put(study, "sample/issues", len(d), "rows")
    put(study, "sample/developers", d.dev_id.nunique(), "nunique")
    put(study, "sample/allowed", d.ai_treatment.mean(), "mean")
    missing = d.post_review_implementation_time.isna()
    put(study, "missing/share", missing.mean(), "share of empty cells")
    for arm, group in d.groupby("ai_treatment"):
        put(study, f"arms/issues{{ai_treatment={int(arm)}}}", len(group), "rows")
        put(study, f"arms/review{{ai_treatment={int(arm)}}}", group.post_review_implementation_time.mean(), "mean, empty cells left out")
        put(study, f"arms/initial{{ai_treatment={int(arm)}}}", group.initial_implementation_time.mean(), "mean")
    arm_mean = d.groupby("ai_treatment").post_review_implementation_time.transform("mean")
    d["total"] = d.initial_implementation_time + d.post_review_implementation_time.fillna(arm_mean)
    d["by_readme"] = 1 - d.ai_treatment
    fits = {
        "slowdown": ("ai_treatment", "effect", {}),
        "slowdown_hc3": ("ai_treatment", "effect_hc3", {"cov_type": "HC3"}),
        "slowdown_by_developer": ("ai_treatment", "effect_by_developer", {"cov_type": "cluster", "cov_kwds": {"groups": d.dev_id}}),
        "slowdown_by_readme": ("by_readme", "effect_by_readme", {}),
    }
    for step, (term, effect, how) in fits.items():
        fit = smf.ols(f"np.log(total) ~ {term} + np.log(predicted_time_no_ai)", d).fit(**how)
        label = "OLS, " + how.get("cov_type", "iid")
        address = f"{step}/{'ai_by_readme' if term == 'by_readme' else term}"
        b, se = fit.params[term], fit.bse[term]
        put(study, address, b, label)
        put(study, f"{address}.se", se, label)
        put(study, f"{step}/r2", fit.rsquared, label)
        put(study, effect, np.exp(b) - 1, label + "; exp(b) - 1")
        put(study, f"{effect}.ci_low", np.exp(b - Z * se) - 1, label + "; end transformed")
        put(study, f"{effect}.ci_high", np.exp(b + Z * se) - 1, label + "; end transformed")
    ratio = d.predicted_time_ai_allowed / d.predicted_time_no_ai
    put(study, "forecast_of_sums", d.predicted_time_ai_allowed.sum() / d.predicted_time_no_ai.sum() - 1, "ratio of sums")
    put(study, "forecast_of_ratios", ratio.mean() - 1, "mean of ratios")
    put(study, "forecast_of_medians", ratio.median() - 1, "median of ratios")


def lalonde():
    study = "lalonde-nsw"
    d = table(study, "nsw_mixtape.csv")
    put(study, "sample/men", len(d), "rows")
    put(study, "sample/assigned", d.treat.mean(), "mean")
    for arm, group in d.groupby("treat"):
        put(study, f"arm/men{{treat={arm}}}", len(group), "rows")
        for column in ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "re78"]:
            put(study, f"arm/{column}{{treat={arm}}}", group[column].mean(), "mean")
    fits = {
        "age_gap": ("age ~ treat", {}),
        "nodegree_gap": ("nodegree ~ treat", {}),
        "re74_gap": ("re74 ~ treat", {}),
        "re75_gap": ("re75 ~ treat", {}),
        "benchmark": ("re78 ~ treat", {}),
        "benchmark_hc2": ("re78 ~ treat", {"cov_type": "HC2"}),
        "adjusted": ("re78 ~ treat + age + I(age**2) + educ + nodegree + black + hisp + re74 + re75", {}),
    }
    for step, (formula, how) in fits.items():
        fit = smf.ols(formula, d).fit(use_t=True, **how)
        label = "OLS, " + how.get("cov_type", "iid")
        put(study, f"{step}/treat", fit.params["treat"], label)
        put(study, f"{step}/treat.se", fit.bse["treat"], label)
        low, high = fit.conf_int().loc["treat"]
        put(study, f"{step}/treat.ci_low", low, label + ", t")
        put(study, f"{step}/treat.ci_high", high, label + ", t")
        put(study, f"{step}/r2", fit.rsquared, label)


def economic_index():
    study = "aei-2025-02"
    pct = table(study, "automation_vs_augmentation.csv").set_index("interaction_type").pct
    augmentation = pct[["learning", "task iteration", "validation"]].sum()
    automation = pct[["directive", "feedback loop"]].sum()
    put(study, "total/percent", pct.sum(), "sum")
    put(study, "total/augmentation", augmentation, "sum")
    put(study, "total/automation", automation, "sum")
    put(study, "total/neither", pct["none"], "the row none")
    put(study, "augmentation", augmentation / (augmentation + automation), "without the row none")
    put(study, "automation", automation / (augmentation + automation), "without the row none")
    put(study, "augmentation_of_listed", augmentation / pct.sum(), "of all six rows")
    put(study, "augmentation_of_all", augmentation / 100, "of 100")
    for kind, value in pct.items():
        put(study, f"kinds/percent{{interaction_type={kind}}}", value, "as released")


def corners(function, cells, half):
    """Least and greatest value of `function` over the corners of the box cells +- half."""
    free = [i for i, h in enumerate(half) if h > 0]
    values = []
    for signs in itertools.product((-1, 1), repeat=len(free)):
        moved = np.array(cells, float)
        for i, sign in zip(free, signs):
            moved[i] += sign * half[i]
        values.append(function(moved))
    return min(values), max(values)


def printed(study, address, function, cells, half, how):
    put(study, address, function(np.array(cells, float)), how)
    low, high = corners(function, cells, half)
    roundings.append((study, address, f"{low:.12g}", f"{high:.12g}"))


def ten_cells(sessions, rates):
    level = np.arange(1, 6)
    return pd.DataFrame({
        "level": np.r_[level, level],
        "verified": np.r_[np.ones(5), np.zeros(5)],
        "weight": np.r_[sessions * rates, sessions * (1 - rates)],
    })


def flagship_table_a2(study):
    a2 = table(study, "table_a2.csv")
    n = a2.sessions.to_numpy(float)
    rates = a2.verified.to_numpy() / 100
    coefficients = a2.coefficient.fillna(0).to_numpy() / 100
    adjusted = a2.adjusted.to_numpy() / 100
    half = 0.0005  # one decimal of a percent
    cells = ten_cells(n, rates)
    fit = smf.wls("verified ~ level", cells, weights=cells.weight).fit()
    rows_behind = cells.weight.sum()
    residual = np.sqrt((cells.weight * fit.resid**2).sum() / (rows_behind - 2))
    x = cells.level - np.average(cells.level, weights=cells.weight)
    put(study, "a2_fit/level.se", residual / np.sqrt((cells.weight * x**2).sum()), "frequency weights, iid, n - 2")

    def slope(p):
        c = ten_cells(n, p)
        return smf.wls("verified ~ level", c, weights=c.weight).fit().params["level"]

    def r2(p):
        c = ten_cells(n, p)
        return smf.wls("verified ~ level", c, weights=c.weight).fit().rsquared

    printed(study, "a2_fit/level", slope, rates, [half] * 5, "weighted least squares on ten cells")
    printed(study, "a2_fit/r2", r2, rates, [half] * 5, "weighted least squares on ten cells")
    put(study, "a2_fit/n", rows_behind, "sum of weights")
    for level in range(2, 6):
        printed(study, f"a2_levels/level={level}", lambda p, k=level: p[k - 1] - p[0], rates, [half] * 5, "difference of rates")
    for level in range(1, 6):
        k = level - 1
        put(study, f"expertise/sessions{{level={level}}}", n[k], "as printed")
        put(study, f"expertise/verified{{level={level}}}", rates[k], "as printed")
        put(study, f"expertise/coefficient{{level={level}}}", coefficients[k], "as printed; 0 for level 1")
        put(study, f"expertise/adjusted{{level={level}}}", adjusted[k], "as printed")
    mean = lambda values: np.average(values, weights=n)
    put(study, "overall/sessions", n.sum(), "sum")
    printed(study, "overall/verified", mean, rates, [half] * 5, "mean weighted by sessions")
    printed(study, "overall/adjusted", mean, adjusted, [half] * 5, "mean weighted by sessions")
    printed(study, "overall/coefficient", mean, coefficients, [0] + [half] * 4, "mean weighted by sessions")
    both, halves = np.r_[rates, coefficients], [half] * 5 + [0] + [half] * 4
    constant = lambda p: mean(p[:5]) - mean(p[5:])
    printed(study, "constant", constant, both, halves, "raw mean less mean coefficient")
    for level in range(2, 6):
        printed(study, f"adjusted_{level}", lambda p, k=level: constant(p) + p[4 + k], both, halves, "constant plus coefficient")
    printed(study, "expert_to_novice", lambda p: p[4] / p[0], adjusted, [half] * 5, "ratio of adjusted rates")
    printed(study, "gained_by_intermediate", lambda p: p[2] / p[4], coefficients, [0] + [half] * 4, "ratio of coefficients")
    printed(study, "novices_as_intermediates", lambda p: n[0] * (p[2] - p[0]) / n.sum(), adjusted, [half] * 5, "gain over all sessions")


def share(study, address, percents, function=None, how="as printed"):
    function = function or (lambda p: p[0])
    printed(study, address, function, np.array(percents, float) / 100, [0.005] * len(percents), how)


def flagship_other_tables(study):
    sample = table(study, "sample.csv").set_index("quantity").value
    for quantity, value in sample.items():
        put(study, f"counts/count{{quantity={quantity}}}", value, "as printed")
    shares = table(study, "sample_shares.csv").set_index("quantity").percent
    for quantity, value in shares.items():
        if quantity != "no_clear_goal":
            share(study, f"shares/share{{quantity={quantity}}}", [value])
    goal = shares["no_clear_goal"] / 100
    printed(study, "shares/share{quantity=no_clear_goal}", lambda p: p[0], [goal], [0.0005], "as printed")
    printed(study, "left_after_exclusion", lambda p: sample["sessions"] * (1 - p[0]), [goal], [0.0005], "sessions less 7.7%")
    codebase = [shares[f"codebase_{k}"] for k in ("modified", "explored", "created")]
    share(study, "codebase_none", codebase, lambda p: 1 - p.sum(), "the rest")
    modes = table(study, "work_modes.csv")
    for row in modes.itertuples():
        share(study, f"modes/share{{work_mode={row.work_mode}}}", [row.percent])
    for family, group in modes.groupby("family"):
        share(study, f"families/share{{family={family}}}", group.percent, lambda p: p.sum(), "sum of modes")
    trends = table(study, "trends.csv")
    for row in trends.itertuples():
        share(study, f"trend/share{{month={row.month},series={row.series}}}", [row.percent])
    pair = lambda series: trends[trends.series == series].sort_values("month").percent
    share(study, "fix_fell", pair("Fix"), lambda p: 1 - p[1] / p[0], "relative fall")
    share(study, "operate_rose", pair("Operate"), lambda p: p[1] / p[0] - 1, "relative rise")
    share(study, "writing_rose", pair("Writing and analysis"), lambda p: p[1] / p[0], "ratio")
    for row in table(study, "task_value.csv").itertuples():
        share(study, f"value/growth{{series={row.series}}}", [row.growth])
    for row in table(study, "end_points.csv").itertuples():
        share(study, f"ends/rate{{measure={row.measure},sessions={row.sessions},level={row.level}}}", [row.percent])
    occupations = table(study, "occupations.csv").set_index("occupation")
    for occupation, row in occupations.iterrows():
        for measure in ("verified", "judged", "partial"):
            share(study, f"occupation/{measure}{{occupation={occupation}}}", [row[measure]])
    edge = occupations.verified[["Software and mathematics", "Sales"]]
    share(study, "software_over_sales", edge, lambda p: p[0] - p[1], "difference")
    activity = table(study, "activity.csv").set_index("level")
    for level in (1, 5):
        put(study, f"per_prompt/actions{{level={level}}}", activity.actions[level], "as printed")
        put(study, f"per_prompt/words{{level={level}}}", activity.words[level], "as printed")
    printed(study, "actions_ratio", lambda p: p[1] / p[0], activity.actions, [0.05, 0.05], "ratio of labels")
    put(study, "words_ratio", activity.words[5] / activity.words[1], "ratio of labels")


def flagship_estimator(study):
    tiers = table(study, "estimator_tiers.csv")
    four = tiers[tiers.tier != "all"]
    put(study, "tiers_total/postings", four.postings.sum(), "sum of four tiers")
    geometric = lambda p: np.exp(np.log(p).mean())
    printed(study, "tiers/bias", geometric, four.bias, [0.005] * 4, "geometric mean of four tiers")
    for row in tiers.itertuples():
        put(study, f"estimator/log_r2{{tier={row.tier}}}", row.log_r2, "as printed")
        put(study, f"estimator/level_r2{{tier={row.tier}}}", row.level_r2, "as printed")
    for row in table(study, "estimator_variants.csv").itertuples():
        put(study, f"variant/level_r2{{model={row.model},calibration={row.calibration}}}", row.level_r2, "as printed")


def main():
    arguments = sys.argv[1:]
    if len(arguments) not in (1, 2) or arguments[1:] not in ([], ["--rounding"]):
        sys.exit("usage: studies.py DATA_DIR [--rounding]")
    metr(Path(arguments[0]))
    lalonde()
    economic_index()
    flagship = "claude-code-expertise"
    flagship_table_a2(flagship)
    flagship_other_tables(flagship)
    flagship_estimator(flagship)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if len(arguments) == 2:
        writer.writerow(["study", "estimate", "low", "high"])
        writer.writerows(roundings)
    else:
        writer.writerow(["study", "estimate", "value", "how"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
