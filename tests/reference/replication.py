"""Reference values of the replication metrics, by mpmath with 40 digits.

Writes replication.csv beside this file. Nothing of ours is used: every formula is written again from its
source, and the controlled sceptical p is integrated over the angle t as its paper has it, not over our variable.

    python3 tests/reference/replication.py
"""

import csv
import itertools
import pathlib

import mpmath as mp

mp.mp.dps = 40
HERE = pathlib.Path(__file__).parent
PHI = (1 + mp.sqrt(5)) / 2
ALPHA = mp.mpf("0.05")


def sf(z):
    return mp.erfc(z / mp.sqrt(2)) / 2


Z975 = mp.findroot(lambda z: sf(z) - ALPHA / 2, 1.96)
Z95 = mp.findroot(lambda z: sf(z) - ALPHA, 1.64)
DELTA33 = mp.findroot(lambda d: sf(Z975 - d) + sf(Z975 + d) - mp.mpf(1) / 3, 1.5)


def tail(z, c):
    """T(z): P(z_S^2 > z) without any effect, both signs."""
    if z == 0:
        return mp.mpf(1)

    def f(t):
        s = mp.sin(t) ** 2
        return mp.exp(-z * (mp.sqrt(1 + (c - 1) * s) + 1) / s)

    lowest = mp.exp(-z * (1 + mp.sqrt(c)))
    g = lambda t: f(t) / lowest
    # The integrand lives near pi/2 for a large z, and turns sharply there for a small c: split towards it.
    ends = [mp.pi / 2 * (1 - mp.mpf(10) ** -k) for k in range(0, 9)]
    points = sorted(set([mp.mpf(0)] + [e for e in ends if e > 0] + [mp.pi / 2]))
    return 2 / mp.pi * lowest * mp.quad(g, points)


def row(to, so, tr, sr, margin):
    to, so, tr, sr, margin = (mp.mpf(x) for x in (to, so, tr, sr, margin))
    c = so**2 / sr**2
    zo2, zr2 = (to / so) ** 2, (tr / sr) ** 2
    A, H = (zo2 + zr2) / 2, 2 / (1 / zo2 + 1 / zr2)
    zs2 = H / 2 if c == 1 else (mp.sqrt(A * (A + (c - 1) * H)) - A) / (c - 1)
    zs = mp.sqrt(zs2)
    same = to * tr > 0
    turn = lambda p: p if same else 1 - p
    reach = Z975 * mp.sqrt(so**2 + sr**2)
    s = max(1 - so**2 / to**2, mp.mpf(0))
    shrunk = Z975 * mp.sqrt(s * so**2 + sr**2)
    q = (to - tr) ** 2 / (so**2 + sr**2)
    sign = mp.sign(to)
    normal = lambda x, m, v: -mp.log(2 * mp.pi * v) / 2 - (x - m) ** 2 / (2 * v)
    return {
        "low": to - reach,
        "high": to + reach,
        "shrunk_low": s * to - shrunk,
        "shrunk_high": s * to + shrunk,
        "q": q,
        "q_p": mp.erfc(mp.sqrt(q / 2)),
        "theta_33": sign * DELTA33 * so,
        "telescopes_p": sf((DELTA33 * so - sign * tr) / sr),
        "z_s": zs,
        "nominal": turn(sf(zs)),
        "golden": turn(sf(zs * mp.sqrt(PHI))),
        "controlled": turn(mp.sqrt(tail(zs2, c)) / 2),
        "ln_bf_r0": normal(tr, to, so**2 + sr**2) - normal(tr, mp.mpf(0), sr**2),
        "tost_p": max(sf((tr + margin) / sr), sf((margin - tr) / sr)),
        "tost_low": tr - Z95 * sr,
        "tost_high": tr + Z95 * sr,
    }


CASES = [
    ("-2", "1", "-1.5", "0.5", "1"),
    ("0.68", "0.29", "0.15", "0.19", "0.2"),
    ("0.45", "0.21", "-0.22", "0.18", "0.3"),
    ("0.21", "0.05", "0.09", "0.045", "0.1"),
    ("1.2", "0.3", "1.1", "0.3", "0.5"),
    ("5", "0.5", "4.5", "0.1", "1"),
    ("-0.02", "0.01", "0.001", "0.002", "0.01"),
    ("12", "0.8", "11", "0.7", "2"),
    ("30", "1", "28", "0.9", "5"),
    ("0.3", "0.1", "0.3", "100", "0.3"),
    ("0.3", "0.1", "0.299", "0.0001", "0.3"),
]
GRID = list(itertools.product(["0.5", "2.5", "6"], ["1"], ["0.4", "1.9"], ["0.03", "1", "30"], ["0.7"]))


def main():
    with open(HERE / "replication.csv", "w", newline="") as file:
        writer = None
        for case in CASES + GRID:
            values = row(*case)
            if writer is None:
                names = ["original", "original_se", "new", "new_se", "margin"]
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(names + list(values))
            writer.writerow(list(case) + [mp.nstr(value, 20, strip_zeros=False) for value in values.values()])
    with open(HERE / "sceptical_tail.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["z", "c", "ln_tail"])
        for z, c in itertools.product(["1e-6", "0.01", "0.5", "2", "10", "60", "400"], ["0", "1e-6", "0.01", "0.5", "1", "3", "100", "1e6"]):
            value = mp.log(tail(mp.mpf(z), mp.mpf(c)))
            writer.writerow([z, c, mp.nstr(value, 20, strip_zeros=False)])
    # The integral itself against two closed forms.
    for z in ("0.3", "5", "40"):
        z = mp.mpf(z)
        assert abs(tail(z, mp.mpf(1)) / mp.erfc(mp.sqrt(2 * z)) - 1) < 1e-20
        assert abs(tail(z, mp.mpf(0)) / (4 * sf(mp.sqrt(z)) ** 2) - 1) < 1e-15
    print("delta 33:", mp.nstr(DELTA33, 15))


main()
