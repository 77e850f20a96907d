"""Random test statistics, rounded and printed, with the p values that their whole rounding interval allows.

scipy's distributions at both ends of the interval; the p value is printed from the unrounded statistic, or (a third of
the rows) from another one, so that inconsistent rows occur. Writes tests/reference/p_values.csv.
Run: python3 tests/reference/p_values.py [ROWS]
"""
import csv, random, sys
from fractions import Fraction
from math import sqrt
from pathlib import Path
from scipy import stats

random.seed(20261126)
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1200


def two_sided(family, value, df):
    size = abs(value)
    if family == "z":
        return 2 * stats.norm.sf(size)
    if family == "t":
        return 2 * stats.t.sf(size, df[0])
    if family == "r":
        return 0.0 if size >= 1 else 2 * stats.t.sf(size * sqrt(df[0] / (1 - size * size)), df[0])
    if family == "F":
        return stats.f.sf(value, *df)
    return stats.chi2.sf(value, df[0])


def fixed(value, places):
    text = f"{value:.{places}f}"
    return text, Fraction(text), Fraction(1, 2 * 10**places)


def row():
    family = random.choice(["t", "z", "r", "F", "chi2"])
    df = {"z": [], "F": [random.randint(1, 12), random.randint(2, 400)]}.get(family, [random.randint(2, 300)])
    if family == "r":
        value = random.uniform(-0.9, 0.9)
    elif family == "F":
        value = random.uniform(0.1, 8)
    elif family == "chi2":
        value = random.uniform(0.1, 2.5 * df[0])
    else:
        value = random.uniform(-4.5, 4.5)
    text, exact, half = fixed(value, random.choice([1, 2, 3]))
    low, high = exact - half, exact + half
    welch = family == "t" and random.random() < 0.3
    dfs = [df, df]
    shown = list(map(str, df))
    if welch:
        shown[0], middle, reach = fixed(df[0] + random.random(), 1)
        dfs = [[float(middle - reach)], [float(middle + reach)]]
        df = [float(middle)]
    if family in "tzr":
        sizes = sorted([abs(low), abs(high)])
        sizes[0] = Fraction(0) if low <= 0 <= high else sizes[0]
    else:
        sizes = [max(low, Fraction(0)), high]
    most = two_sided(family, float(sizes[0]), dfs[0])
    least = two_sided(family, float(min(sizes[1], 1)) if family == "r" else float(sizes[1]), dfs[1])
    honest = random.random() < 0.67
    p = two_sided(family, value if honest else value * random.uniform(0.5, 1.5) if family != "r" else value * 0.9, df)
    printed, printed_exact, printed_half = fixed(p, random.choice([2, 3]))
    if printed_exact == 0 and random.random() < 0.5:
        sign, printed_low, printed_high = "<", 0.0, 0.001
        printed = ".001"
        consistent = least < printed_high
    else:
        sign = "="
        printed_low = max(float(printed_exact - printed_half), 0.0)
        printed_high = float(printed_exact + printed_half)
        consistent = printed_low <= most and printed_high >= least
    name = {"chi2": "\u03c7\u00b2"}.get(family, family)
    bracket = f"({', '.join(shown)})" if shown else ""
    return [f"{name}{bracket} = {text}, p {sign} {printed}", repr(float(least)), repr(float(most)), int(consistent)]


with open(Path(__file__).with_name("p_values.csv"), "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["text", "least", "most", "consistent"])
    writer.writerows(row() for _ in range(ROWS))
