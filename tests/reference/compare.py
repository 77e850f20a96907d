"""Prints the reference values of tests/it/stats/compare.rs.

Run: python3 -m pip install scipy==1.17.1 statsmodels==0.15.0 && python3 compare.py
"""

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

x = np.array([4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14])
y = np.array([4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69])
a = np.array([1, 2, 2, 3, 5, 8, 8, 9.0])
b = np.array([2, 3, 4, 4, 6, 9, 12.0])
for name, result in [
    ("welch", stats.ttest_ind(x, y, equal_var=False)),
    ("student", stats.ttest_ind(x, y)),
    ("paired", stats.ttest_rel(x, y)),
    ("mann-whitney exact (no ties)", stats.mannwhitneyu(x[:6], y[4:9], method="exact")),
    ("mann-whitney asymptotic", stats.mannwhitneyu(a, b, method="asymptotic")),
    ("wilcoxon exact", stats.wilcoxon(x, y, method="exact")),
    ("wilcoxon asymptotic", stats.wilcoxon(a[:7], b, correction=True, method="asymptotic")),
    ("pearson", stats.pearsonr(x, y)),
    ("spearman", stats.spearmanr(a[:7], b)),
    ("fisher", stats.fisher_exact([[8, 2], [1, 5]])),
    ("fisher 2", stats.fisher_exact([[120, 80], [90, 110]])),
]:
    print(name, repr(float(result.statistic)), repr(float(result.pvalue)), getattr(result, "df", ""))
print("welch ci", stats.ttest_ind(x, y, equal_var=False).confidence_interval())
print("pearson ci", stats.pearsonr(x, y).confidence_interval())
for correction in (False, True):
    print("chi2", stats.chi2_contingency([[12, 5], [9, 17]], correction=correction)[:3])
print("chi2 3x2", stats.chi2_contingency([[12, 5], [9, 17], [4, 4]], correction=False)[:3])
print("proportions", proportions_ztest([56, 48], [70, 80]))
print("newcombe", confint_proportions_2indep(56, 70, 48, 80, method="newcomb"))
