"""Writes distributions.csv: tails and quantiles to 22 digits from 60-digit arithmetic.

Run: python3 -m pip install mpmath==1.3.0; python3 distributions.py > distributions.csv
"""

from mpmath import beta, betainc, erfc, gammainc, mp, mpf, nstr, sqrt

mp.dps = 60


def normal(z):
    return erfc(mpf(z) / sqrt(2)) / 2


def regularised(a, b, x):
    """I_x(a, b). Where mpmath's own loses all digits of it, the hypergeometric series of positive terms (DLMF 8.17.8)."""
    try:
        return betainc(a, b, 0, x, regularized=True)
    except (ValueError, mp.NoConvergence):
        term, total, n = mpf(1), mpf(0), 0
        while term > total * mpf(10) ** -mp.dps:
            total += term
            n += 1
            term *= (a + b + n - 1) / (a + n) * x
        return x**a * (1 - x) ** b / (a * beta(a, b)) * total


def student(t, df):
    t, df = mpf(t), mpf(df)
    return regularised(df / 2, mpf(1) / 2, df / (df + t * t)) / 2


def chi_square(x, df):
    return gammainc(mpf(df) / 2, mpf(x) / 2, mp.inf, regularized=True)


def fisher(f, a, b):
    f, a, b = mpf(f), mpf(a), mpf(b)
    return regularised(b / 2, a / 2, b / (b + a * f))


def quantile(tail, p):
    """The root of tail(x) = p by bisection: no starting point to get wrong."""
    low, high = mpf(0), mpf(1)
    while tail(high) > p:
        high *= 2
    for _ in range(110):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > p else (low, middle)
    return low


def row(kind, a, b, c, value):
    print(f"{kind},{a!r},{b!r},{c!r},{nstr(value, 22)}")


print("kind,a,b,c,value")
for z in (0, 0.25, 1, 1.96, 3, 5, 8, 12, 20, 37):
    row("normal_sf", z, 0, 0, normal(z))
for p in (0.4, 0.25, 0.1, 0.05, 0.025, 0.005, 1e-4, 1e-8, 1e-16, 1e-100):
    row("normal_quantile", p, 0, 0, quantile(normal, mpf(p)))
for df in (1, 2, 3, 4.5, 10, 15, 30, 100, 1000, 20000, 234750, 10**7):
    for t in (0.1, 0.5, 1, 1.6449, 1.96, 2.5, 4, 8, 20):
        value = student(t, df)
        if value > mpf("1e-250"):
            row("t_sf", t, df, 0, value)
    for p in (0.25, 0.05, 0.025, 0.005, 1e-6):
        row("t_quantile", p, df, 0, quantile(lambda t: student(t, df), mpf(p)))
for df in (1, 2, 3, 7, 10.5, 50, 1000, 10**5):
    for factor in (0.05, 0.5, 0.9, 1, 1.1, 1.5, 3, 10):
        if df < 1000 or (df == 1000 and 0.5 <= factor <= 1.5) or 0.9 <= factor <= 1:
            row("chi_square_sf", df * factor, df, 0, chi_square(df * factor, df))
for a in (1, 2, 5, 30, 1000):
    for b in (1, 3, 10, 100, 10**4, 10**6):
        for f in (0.2, 0.9, 1, 1.5, 3, 12):
            value = fisher(f, a, b)
            if value > mpf("1e-250"):
                row("f_sf", f, a, b, value)
# Far tails, fractional and huge degrees of freedom, and the other quantiles.
for df in (0.5, 1, 2, 3.7, 25):
    for t in (1e2, 1e4, 1e8):
        value = student(t, df)
        if value > mpf("1e-250"):
            row("t_sf", t, df, 0, value)
for df in (0.5, 1, 2.5, 40, 3 * 10**6):
    for p in (0.45, 1e-3, 1e-12, 1e-60):
        if df >= 2.5 or p > 1e-20:
            row("t_quantile", p, df, 0, quantile(lambda t: student(t, df), mpf(p)))
for df in (0.3, 1, 4, 100):
    for x in (1e-6, 0.01, 2, 300, 1200):
        value = chi_square(x, df)
        if value > mpf("1e-250"):
            row("chi_square_sf", x, df, 0, value)
for df in (0.7, 1, 2, 5, 60, 5000):
    for p in (0.999, 0.5, 0.05, 1e-4, 1e-20):
        row("chi_square_quantile", p, df, 0, quantile(lambda x: chi_square(x, df), mpf(p)))
for a, b in ((1, 1), (1, 500), (3, 7.5), (12, 40), (200, 3), (40, 20000)):
    for p in (0.99, 0.5, 0.05, 1e-5, 1e-15):
        row("f_quantile", p, a, b, quantile(lambda x: fisher(x, a, b), mpf(p)))
for a, b in ((1, 1e6), (6, 234750), (300, 300000.5), (0.5, 4)):
    for f in (0.01, 0.7, 1, 1.3, 6, 40):
        value = fisher(f, a, b)
        if value > mpf("1e-250"):
            row("f_sf", f, a, b, value)
# The usual level's tail as doubles have it, and quantiles on both sides of where the series alone is enough.
USUAL = 0.5 * (1.0 - 0.95)
row("normal_quantile", USUAL, 0, 0, quantile(normal, mpf(USUAL)))
for df in (4095, 4096, 9999.5):
    for p in (USUAL, 0.1, 0.005, 0.0014, 0.001):
        row("t_quantile", p, df, 0, quantile(lambda t: student(t, df), mpf(p)))
