"""Derives the terms of Student's quantile beside the normal's, prints them, and writes student_series.csv.

With f the density of t on v degrees of freedom and z the normal quantile of the same tail, dt/dz = φ(z)/f(t). Put
t = z + z Σ P_k(z²)/v^k into it and compare powers of 1/v: each P_k follows from those before (the expansion of Fisher &
Cornish 1960, whose first five terms it gives). The quantiles are roots of the tail in 60-digit arithmetic.

Run: python3 -m pip install mpmath==1.3.0 sympy==1.14.0; python3 student_series.py > student_series.csv
"""

import sys

from mpmath import betainc, erfinv, findroot, mp, mpf, nstr, sqrt
from sympy import Poly, Rational, bernoulli, diff, expand, factorial, ilcm, solve, symbols

TERMS = 8
mp.dps = 60
z, e = symbols("z e")


def up_to(power, expression):
    expression = expand(expression)
    return sum(expression.coeff(e, i) * e**i for i in range(power + 1))


def constant():
    """ln of the density's constant over the normal's: ln Γ(x + 1/2) − ln Γ(x) − ln(x)/2 at x = v/2, by Stirling's series."""
    half, none = (lambda k: bernoulli(k, Rational(1, 2))), (lambda k: bernoulli(k, 0))
    return sum((-1) ** k * (half(k) - none(k)) / (k * (k - 1)) * (2 * e) ** (k - 1) for k in range(2, TERMS + 4))


def terms():
    t, found = z, []
    for k in range(1, TERMS + 1):
        square, power, logarithm = up_to(k, t**2), 1, 0
        for j in range(1, k + 2):
            power = up_to(k + 1, power * square)
            logarithm += (-1) ** (j + 1) * power * e**j / j
        # ln of φ(z)/f(t), with (v + 1)/2 ln(1 + t²/v).
        exponent = up_to(k, (logarithm / e + logarithm) / 2 - z**2 / 2 - constant())
        ratio, power = 1, 1
        for j in range(1, k + 1):
            power = up_to(k, power * exponent)
            ratio += power / factorial(j)
        right = expand(ratio).coeff(e, k)
        unknown = symbols(f"c0:{k + 1}")
        term = sum(c * z ** (2 * i + 1) for i, c in enumerate(unknown))
        answer = solve(Poly(expand(diff(term, z) - z * term - right), z).coeffs(), unknown, dict=True)[0]
        term = expand(term.subs(answer))
        found.append(term)
        t += term * e**k
    return found


for term in terms():
    coefficients = Poly(term, z).all_coeffs()[::2]
    below = ilcm(*[one.q for one in coefficients])
    print(below, [int(one * below) for one in coefficients], file=sys.stderr)


def tail(t, df):
    return betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


print("tail,df,value")
for p in (0.45, 0.3, 0.1, 0.05, 0.5 * (1 - 0.95), 0.01, 0.005, 0.0014):
    for df in (99.5, 100, 101, 150, 250, 799, 1600, 4095, 50000):
        df = mpf(df)
        normal = sqrt(2) * erfinv(1 - 2 * mpf(p))
        start = normal + (normal**3 + normal) / (4 * df)
        print(f"{p!r},{nstr(df, 6)},{nstr(findroot(lambda t: tail(t, df) - mpf(p), start), 22)}")
