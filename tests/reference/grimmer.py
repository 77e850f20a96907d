"""Which means and standard deviations whole numbers can print: by printing every small data set.

    python3 tests/reference/grimmer.py [DATA]

Writes beside itself: `grimmer_small.csv` (every pair that answers from 1 to 5 print, for each rounding mode:
what is not listed, no such data print), and, where DATA holds scrutiny's tables (`DATA/scrutiny/pigs1.csv` …),
`pigs.csv` (whether each of their rows can be printed, by trying every sum and sum of squares). Fractions only;
nothing here knows of intervals: numbers are printed forwards, then compared as texts.
"""

import csv
import itertools
import os
import sys
from fractions import Fraction
from math import isqrt

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = ["half-up", "half-even", "half-down", "truncation", "floor", "ceiling", "unknown"]


def steps(floor, above, half, mode):
    """The whole numbers that a number not below zero prints as: its floor, whether it is above that floor, and
    whether it is below (-1), at (0) or above (1) the middle."""
    if mode in ("truncation", "floor"):
        return [floor]
    if mode == "ceiling":
        return [floor + 1 if above else floor]
    if half < 0:
        return [floor]
    if half > 0:
        return [floor + 1]
    return {
        "half-up": [floor + 1],
        "half-down": [floor],
        "half-even": [floor + floor % 2],
        "unknown": [floor, floor + 1],
    }[mode]


def side(number, other):
    return (number > other) - (number < other)


def printed(number, places, mode):
    scaled = number * 10**places
    floor = scaled.numerator // scaled.denominator
    return steps(floor, scaled > floor, side(scaled, floor + Fraction(1, 2)), mode)


def printed_root(square, places, mode):
    scaled = square * 100**places
    floor = isqrt(scaled.numerator // scaled.denominator)
    return steps(floor, scaled > floor**2, side(scaled, (floor + Fraction(1, 2)) ** 2), mode)


def text(whole, places):
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}"


def small():
    with open(os.path.join(HERE, "grimmer_small.csv"), "w", newline="\n") as out:
        out.write("mode,places,n,mean,sd\n")
        for places, sizes, modes in [(1, range(2, 7), MODES), (2, [6], ["unknown"])]:
            for mode, n in itertools.product(modes, sizes):
                pairs = set()
                for data in itertools.combinations_with_replacement(range(1, 6), n):
                    mean = Fraction(sum(data), n)
                    variance = sum((value - mean) ** 2 for value in data) / (n - 1)
                    pairs |= set(
                        itertools.product(printed(mean, places, mode), printed_root(variance, places, mode))
                    )
                for mean, deviation in sorted(pairs):
                    out.write(f"{mode},{places},{n},{text(mean, places)},{text(deviation, places)}\n")


def places_of(number):
    return len(number.partition(".")[2])


def grim(mean, n, percent=False):
    places = places_of(mean)
    unit = 100 if percent else 1
    near = int(float(mean) * n / unit)
    return any(
        mean in [text(whole, places) for whole in printed(Fraction(total * unit, n), places, "unknown")]
        for total in range(max(near - 2, 0), near + 3)
    )


def grimmer(mean, deviation, n):
    places, fine = places_of(mean), places_of(deviation)
    near = int(float(mean) * n)
    reach = n // 10**places + 2
    for total in range(max(near - reach, 0), near + reach + 1):
        if mean not in [text(whole, places) for whole in printed(Fraction(total, n), places, "unknown")]:
            continue
        centre = int((n - 1) * float(deviation) ** 2 + total**2 / n)
        spread = int((n - 1) * (float(deviation) + 1) / 10**fine) + 4
        for squares in range(max(centre - spread, 0), centre + spread):
            about = squares - Fraction(total**2, n)
            if about < 0 or squares % 2 != total % 2:
                continue
            roots = printed_root(about / (n - 1), fine, "unknown")
            if deviation in [text(whole, fine) for whole in roots]:
                return True
    return False


def debit(mean, deviation, n):
    places, fine = places_of(mean), places_of(deviation)
    for ones in range(n + 1):
        means = [text(whole, places) for whole in printed(Fraction(ones, n), places, "unknown")]
        roots = printed_root(Fraction(ones * (n - ones), n * (n - 1)), fine, "unknown")
        if mean in means and deviation in [text(whole, fine) for whole in roots]:
            return True
    return False


def pigs(folder):
    def rows(name):
        with open(os.path.join(folder, "scrutiny", name + ".csv")) as file:
            return list(csv.DictReader(file))

    with open(os.path.join(HERE, "pigs.csv"), "w", newline="\n") as out:
        out.write("table,check,row,consistent\n")
        for table, check, ask in [
            ("pigs1", "grim", lambda row, n: grim(row["x"], n)),
            ("pigs2", "grim_percent", lambda row, n: grim(row["x"], n, percent=True)),
            ("pigs3", "debit", lambda row, n: debit(row["x"], row["sd"], n)),
            ("pigs3", "grim", lambda row, n: grim(row["x"], n)),
            ("pigs3", "grimmer", lambda row, n: grimmer(row["x"], row["sd"], n)),
        ]:
            for place, row in enumerate(rows(table), 1):
                answer = ask(row, int(float(row["n"])))
                out.write(f"{table},{check},{place},{str(answer).lower()}\n")


small()
if len(sys.argv) > 1:
    pigs(sys.argv[1])
