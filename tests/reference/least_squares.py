"""Writes least_squares.csv (small data sets, made here, of the classes of NIST's StRD) and least_squares_answers.csv
(coefficients and standard errors from exact rational arithmetic, then 50 digits).

Run: python3 -m pip install mpmath==1.3.0; python3 least_squares.py
"""

from fractions import Fraction

from mpmath import mp, mpf, nstr, sqrt

mp.dps = 50
# Wampler's noise, as in NIST's Wampler3 to Wampler5 (there times 1, 100 and 10000).
DELTA = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048,
         -2048, 1838, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 759]


def solve(x, y):
    """b and (X'X)^-1 by Gauss-Jordan elimination of fractions."""
    k = len(x[0])
    a = [[sum(r[i] * r[j] for r in x) for j in range(k)] + [Fraction(int(i == j)) for j in range(k)] for i in range(k)]
    for p in range(k):
        pivot = a[p][p]
        a[p] = [v / pivot for v in a[p]]
        for q in range(k):
            if q != p and a[q][p]:
                factor = a[q][p]
                a[q] = [v - factor * w for v, w in zip(a[q], a[p])]
    inverse = [row[k:] for row in a]
    right = [sum(r[i] * v for r, v in zip(x, y)) for i in range(k)]
    return [sum(inverse[i][j] * right[j] for j in range(k)) for i in range(k)], inverse


def real(value):
    return mpf(value.numerator) / mpf(value.denominator)


def answer(case, x, y, count):
    b, inverse = solve(x, y)
    rest = sum((v - sum(c * d for c, d in zip(b, r))) ** 2 for r, v in zip(x, y))
    variance = rest / (len(y) - len(x[0]))
    lines = [f"{case},{j},{nstr(real(b[j]), 25)},{nstr(sqrt(real(variance * inverse[j][j])), 25)}" for j in range(count)]
    answers.extend(lines)


def polynomial(case, xs, ys, degree):
    """Powers as doubles, multiplied up one by one (what a table or SQL gives), and exact powers."""
    rounded, exact = [], []
    for x in xs:
        row, powers = [1.0], [Fraction(1)]
        for _ in range(degree):
            row.append(row[-1] * x)
            powers.append(powers[-1] * Fraction(x))
        rounded.append([Fraction(v) for v in row])
        exact.append(powers)
    y = [Fraction(v) for v in ys]
    answer(case + "/rounded", rounded, y, degree + 1)
    answer(case + "/exact", exact, y, degree + 1)
    data.extend(f"{case},{a!r},{b!r},0" for a, b in zip(xs, ys))


data, answers = [], []
for name, size in (("wampler4", 100), ("wampler5", 10000)):
    xs = [float(x) for x in range(21)]
    polynomial(name, xs, [float(sum(int(x) ** p for p in range(6)) + size * d) for x, d in zip(xs, DELTA)], 5)
# Filip-like: 82 points, degree 10, on ranges as badly placed as Filip's own, [-9, -3], and others.
for name, low, high in (("filip-a", -9, -3), ("filip-b", -2, 2.5), ("filip-c", 3, 9.5), ("filip-d", 0.1, 1.3), ("filip-e", 12, 20)):
    xs = [round(low + (high - low) * ((i * 37) % 82 + 0.3) / 82, 6) for i in range(82)]
    ys = [round(0.8 + 0.05 * ((x - low) / (high - low)) ** 3 + 0.003 * (((i * 29) % 17) - 8) / 8, 4) for i, x in enumerate(xs)]
    polynomial(name, xs, ys, 10)
# A fixed effect of six groups, columns far from zero.
xs = [1e8 + ((i * 7) % 23) * 0.25 for i in range(60)]
groups = [i % 6 for i in range(60)]
ys = [1e9 + 3e7 * g + 2.5 * ((i * 7) % 23) + ((i * 5) % 11) * 0.125 for i, g in enumerate(groups)]
x = [[Fraction(a)] + [Fraction(int(g == level)) for level in range(6)] for a, g in zip(xs, groups)]
answer("offset-effects", x, [Fraction(v) for v in ys], 1)
data.extend(f"offset-effects,{a!r},{b!r},{g}" for a, b, g in zip(xs, ys, groups))
# NumAcc3 and NumAcc4: a mean of 1000000.2 (10000000.2) and a deviation of .1 over 1001 numbers.
for name, base in (("numacc3", 1000000), ("numacc4", 10000000)):
    values = [base + 0.2] + [base + (0.1 if i % 2 == 0 else 0.3) for i in range(1000)]
    exact = [Fraction(v) for v in values]
    mean = sum(exact) / 1001
    deviation = sqrt(real(sum((v - mean) ** 2 for v in exact) / 1000))
    answers.append(f"{name},0,{nstr(real(mean), 25)},{nstr(deviation, 25)}")
with open("least_squares.csv", "w") as file:
    print("case,x,y,g", *data, sep="\n", file=file)
with open("least_squares_answers.csv", "w") as file:
    print("case,place,value,error", *answers, sep="\n", file=file)
