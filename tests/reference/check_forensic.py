"""Verifies the witnesses and refutations of forensic checks, by other means than the program's.

Used by `check_certificates.py`. A witness is put into the definition; a refutation is checked by trying everything
that is small enough to try: every sum, every sum of squares, every count, every data set on a short scale (a table
of what sums and sums of squares can be reached, case by case), every corner of a table of rates, the density of a
test statistic integrated from every corner. Returns "good", "other" (too large) or what is wrong. Fractions only,
but for logarithms and densities.
"""

import itertools
import math
import random
import re
from fractions import Fraction as F
from statistics import NormalDist

MOST = 200_000


def value(text):
    text = text.replace(",", "").strip()
    return F(text[:-1]) / 100 if text.endswith("%") else F(text)


class Sheet:
    """One relation with the ends of the claims that it names."""

    def __init__(self, relation, ends, printed):
        self.relation, self.ends, self.printed = relation, ends, printed
        self.inputs, self.witness = relation["inputs"], relation["witness"]

    def interval(self, key, index=0):
        return self.ends[self.inputs[key][index]]

    def whole(self, key, index=0):
        """A number of cases as (least, most): a printed whole number is exact."""
        text = self.inputs[key][index]
        if text.isdigit():
            return int(text), int(text)
        shown = self.printed[text].replace(",", "")
        if shown.isdigit():
            return int(shown), int(shown)
        low, high = self.ends[text]
        return max(1, math.ceil(low)), math.floor(high)

    def number(self, key, default):
        return int(self.inputs[key][0]) if key in self.inputs else default


def inside(ends, number):
    return ends[0] <= number <= ends[1]


def strictly(ends, number):
    return ends[0] < number < ends[1] or ends[0] == ends[1] == number


def data_set(text):
    pairs = re.findall(r"(\d+) \u00d7 (-?\d+)", text)
    return [(int(answer), int(count)) for count, answer in pairs]


def scaled(ends, sheet):
    return tuple(end / 100 for end in ends) if "percent" in sheet.inputs else ends


def means(sheet, name):
    """GRIM, GRIMMER and DEBIT."""
    least, most = sheet.whole("n")
    items = sheet.number("items", 1)
    mean = scaled(sheet.interval("mean"), sheet)
    sd = scaled(sheet.interval("sd"), sheet) if name != "grim" else None
    scale = (0, 1) if name == "debit" else None
    if "scale" in sheet.inputs:
        scale = tuple(int(end) for end in sheet.inputs["scale"])
    less = 0 if sheet.inputs.get("divisor") == ["population"] else 1
    if sheet.relation["state"] == "holds":
        n = int(sheet.witness.get("n", most))
        if not least <= n <= most:
            return "n is outside"
        return witness_of_means(sheet, n, items, mean, sd, scale, less)
    if most - least > 200:
        return "other"
    for n in range(least, most + 1):
        answer = refuted(n, items, mean, sd, scale, less)
        if answer != "good":
            return answer
    return "good"


def witness_of_means(sheet, n, items, mean, sd, scale, less):
    total = int(sheet.witness["sum of answers"])
    if not inside(mean, F(total, n * items)):
        return "the sum does not give the mean"
    if scale and not scale[0] * n * items <= total <= scale[1] * n * items:
        return "the sum is off the scale"
    squares = int(sheet.witness["sum of squares"]) if "sum of squares" in sheet.witness else None
    if sd is not None:
        if squares is None or (squares - total) % 2 or squares * n < total**2:
            return "no whole numbers have these sums"
        variance = F(squares * n - total**2, n * (n - less) * items**2)
        if not max(sd[0], 0) ** 2 <= variance <= sd[1] ** 2:
            return "the sums do not give the standard deviation"
    if "data set" in sheet.witness:
        data = data_set(sheet.witness["data set"])
        if sum(count for _, count in data) != n or sum(a * count for a, count in data) != total:
            return "the data set does not have that sum"
        if squares is not None and sum(a * a * count for a, count in data) != squares:
            return "the data set does not have those squares"
        if any(not scale[0] * items <= answer <= scale[1] * items for answer, _ in data):
            return "the data set leaves the scale"
    return "good"


def refuted(n, items, mean, sd, scale, less):
    """Tries every sum, and every sum of squares or data set for it."""
    total = n * items
    sums = range(math.floor(mean[0] * total) - 1, math.ceil(mean[1] * total) + 2)
    sums = [s for s in sums if strictly(mean, F(s, total))]
    if scale:
        sums = [s for s in sums if scale[0] * total <= s <= scale[1] * total]
    if sd is None:
        return f"the sum {sums[0]} of {total} answers prints so" if sums else "good"
    if n <= less:
        return "other"
    reach = reachable(n, scale[0] * items, scale[1] * items) if scale else None
    if scale and reach is None:
        return "other"
    for s in sums:
        times = n * (n - less) * items**2
        low, high = max(sd[0], F(0)) ** 2 * times, sd[1] ** 2 * times
        first, last = math.ceil((low + s * s) / n), math.floor((high + s * s) / n)
        if last - first > MOST:
            return "other"
        for q in range(first, last + 1):
            exact = low < q * n - s * s < high
            possible = (s, q) in reach if reach is not None else (q - s) % 2 == 0 and q * n >= s * s
            if exact and possible:
                return f"the sums {s} and {q} print so with n = {n}"
    return "good"


def reachable(n, least, most):
    """Every (sum, sum of squares) of n totals; None where that is too many to try."""
    if n * (most - least) ** 2 * n * (most - least) * n > 40_000_000:
        return None
    known = {(0, 0)}
    for _ in range(n):
        known = {(s + t, q + t * t) for s, q in known for t in range(least, most + 1)}
    return known


def percent_of(sheet):
    percents = [sheet.ends[name] for name in sheet.inputs["percent"]]
    counts = [sheet.whole("count", index) for index in range(len(sheet.inputs.get("count", [])))]
    least, most = sheet.whole("n") if "n" in sheet.inputs else (1, sheet.number("at_most", 1000))
    limits = lambda index, n: counts[index] if counts else (0, n)
    if sheet.relation["state"] == "holds":
        n = int(sheet.witness.get("n", most))
        for index, name in enumerate(sheet.inputs["percent"]):
            k = int(sheet.witness[f"count of {name}"])
            low, high = limits(index, n)
            if not (low <= k <= high and 0 <= k <= n and inside(percents[index], F(k, n))):
                return f"{k} of {n} is not {name}"
        return "good" if least <= n <= most else "n is outside"
    if most - least > 2000:
        return "other"
    for n in range(least, most + 1):
        def possible(index):
            low, high = limits(index, n)
            return any(strictly(percents[index], F(k, n)) for k in range(max(low, 0), min(high, n) + 1))
        if all(possible(index) for index in range(len(percents))):
            return f"n = {n} is possible"
    return "good"


def log_interval(sheet):
    log = lambda ends: tuple(math.log(end) if end > 0 else -math.inf for end in ends)
    low, high = log(sheet.interval("ci_low")), log(sheet.interval("ci_high"))
    found = re.search(r"q from ([\d.]+) to ([\d.]+)", sheet.relation["certificate"] or "")
    if not found or (problem := multiplier(sheet, float(found[1]), float(found[2]))):
        return problem if found else "no multiplier is shown"
    q = float(found[1]), float(found[2])
    minus = lambda a, b: (a[0] - b[1], a[1] - b[0])
    half = lambda a: (a[0] / 2, a[1] / 2)
    pairs = []
    if "estimate" in sheet.inputs:
        own = log(sheet.interval("estimate"))
        pairs.append((own, half((low[0] + high[0], low[1] + high[1]))))
    if "se" in sheet.inputs:
        se = tuple(float(end) for end in sheet.interval("se"))
        reach = se[0] * q[0], se[1] * q[1]
        pairs.append((reach, half(minus(high, low))))
        if "estimate" in sheet.inputs:
            pairs += [(reach, minus(high, own)), (reach, minus(own, low))]
    apart = any(a[1] < b[0] or b[1] < a[0] for a, b in pairs)
    return "good" if apart == (sheet.relation["state"] == "fails") else "the logarithms say otherwise"


def multiplier(sheet, low, high):
    """Whether q is the quantile of the level; None where it is."""
    if "multiplier" in sheet.inputs:
        return None if low == high == float(value(sheet.inputs["multiplier"][0])) else "another multiplier"
    if sheet.inputs.get("reference") == ["t"]:
        return None
    level = float(value(sheet.inputs["level"][0])) if "level" in sheet.inputs else 0.95
    exact = NormalDist().inv_cdf(0.5 + level / 2)
    ends = sorted((exact, round(exact, 3)))
    return None if abs(low - ends[0]) < 1e-9 and abs(high - ends[1]) < 1e-9 else "another multiplier"


def interval(sheet):
    """On its own scale the relation is a comparison: only its numbers are looked at here."""
    found = re.search(r">= (\S+) \* \S+ and .*?<= (\S+) \* ", sheet.relation["holds"])
    return (multiplier(sheet, float(F(found[1])), float(F(found[2]))) if found else None) or "good"


def shares(sheet):
    total = sheet.inputs["total"][0]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", total):
        total = str(value(total))
    wanted = " + ".join(sheet.inputs["parts"])
    left, _, right = sheet.relation["holds"].partition(" == ")
    same = right == total if not total[0].isdigit() else value(right) == value(total)
    return "good" if left == wanted and same else "the comparison is not the sum of the parts"


def regression(sheet):
    """What a table computes: a function of sizes and rates, as fractions."""
    x = [F(level) for level in sheet.inputs["levels"]]
    groups = sheet.inputs.get("r2_of") == ["groups"]

    def fit(n, y):
        w, mean_x = sum(n), sum(a * b for a, b in zip(n, x)) / sum(n)
        mean_y = sum(a * b for a, b in zip(n, y)) / w
        about = lambda other: sum(a * (b - mean_x) * c for a, b, c in zip(n, x, other))
        slope = about(y) / about(x)
        spread = sum(a * (b - mean_y) ** 2 for a, b in zip(n, y)) if groups else w * mean_y * (1 - mean_y)
        return {"slope": slope, "intercept": mean_y - slope * mean_x, "r2": about(y) * slope / spread if spread else None}

    return fit


def group_rates(sheet):
    """A witness is put in. A refutation: no corner of the table, and no place in it, gives what is printed."""
    fit = regression(sheet)
    names = sheet.inputs["rates"]
    boxes = [sheet.ends[name] for name in names]
    sizes = [sheet.whole("ns", index) for index in range(len(boxes))]
    keys = [key for key in ("slope", "intercept", "r2") if key in sheet.inputs]
    wanted = {key: sheet.interval(key) for key in keys}
    exact = all(low == high for low, high in sizes)
    if sheet.relation["state"] == "holds":
        n = [int(sheet.witness.get(sheet.inputs["ns"][index], low)) for index, (low, _) in enumerate(sizes)]
        if not all(name in sheet.witness for name in names) or not all(map(inside, sizes, n)):
            return "other"
        y = [F(sheet.witness[name]) for name in names]
        if not all(map(inside, boxes, y)):
            return "a rate of the witness is outside"
        found = fit(n, y)
        off = [key for key in keys if found[key] is None or not inside(wanted[key], found[key])]
        return f"the witness does not give the {off[0]}" if off else "good"
    if 2 ** (len(boxes) + sum(low < high for low, high in sizes)) > MOST:
        return "other"
    corners = [fit(n, y) for n in itertools.product(*({*size} for size in sizes)) for y in itertools.product(*boxes)]
    for key in set(keys) - {"r2"}:
        every = [corner[key] for corner in corners]
        if min(every) > wanted[key][1] or max(every) < wanted[key][0]:
            return "good"
    if exact and "slope" in wanted and "intercept" in wanted and apart(fit, [n for n, _ in sizes], boxes, wanted):
        return "good"
    draw = random.Random(1)
    places = list(itertools.islice(itertools.product(*boxes), 4096))
    places += [[low + (high - low) * F(draw.random()) for low, high in boxes] for _ in range(2000)]
    for y in places:
        found = fit([draw.randint(*size) for size in sizes], y)
        if all(found[key] is not None and strictly(wanted[key], found[key]) for key in keys):
            return f"the rates {[float(rate) for rate in y]} give what is printed"
    return "good" if "r2" in keys else "slope and intercept have a table"


def apart(fit, n, boxes, wanted):
    """Whether what the rates can give of slope and intercept, and what is printed, are polygons with nothing in common.

    Two convex polygons are apart just where a line along an edge of one of them parts them. What the rates give is a sum of
    segments, one for each rate.
    """
    pair = lambda y: (fit(n, y)["slope"], fit(n, y)["intercept"])
    least = [low for low, _ in boxes]
    start = pair(least)
    sides = []
    for index, (low, high) in enumerate(boxes):
        moved = pair([*least[:index], high, *least[index + 1:]])
        sides.append((moved[0] - start[0], moved[1] - start[1]))
    normals = [(F(1), F(0)), (F(0), F(1))] + [(-b, a) for a, b in sides]
    for u, v in normals:
        at = u * start[0] + v * start[1]
        steps = [u * a + v * b for a, b in sides]
        ours = at + sum(min(step, 0) for step in steps), at + sum(max(step, 0) for step in steps)
        ends = [u * a + v * b for a in wanted["slope"] for b in wanted["intercept"]]
        if max(ends) < ours[0] or min(ends) > ours[1]:
            return True
    return False


def integral(f, a, b):
    """Tanh-sinh quadrature; `f` gets the distances to both ends, so that poles there cost no digits."""
    total, half, step = 0.0, (b - a) / 2, 1 / 64
    for place in range(-64 * 7, 64 * 7 + 1):
        u = math.pi / 2 * math.sinh(place * step)
        if abs(u) > 350:
            continue
        near = (b - a) / (1 + math.exp(2 * u))  # the distance to b
        far = (b - a) / (1 + math.exp(-2 * u))  # the distance to a
        weight = half * math.pi / 2 * math.cosh(place * step) / math.cosh(u) ** 2
        if near > 1e-150 and far > 1e-150 and weight > 0:
            total += weight * f(far, near)
    return total * step


def beta_share(y, a, b):
    """The share of a beta distribution up to y, by integrating its density."""
    if y <= 0 or y >= 1:
        return float(y >= 1)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    if y <= a / (a + b):
        density = lambda far, _: math.exp(scale + (a - 1) * math.log(far) + (b - 1) * math.log1p(-far))
        return integral(density, 0.0, y)
    return 1 - beta_share(1 - y, b, a)


def tail(family, x, freedoms):
    """The p value of a statistic: of both tails for t, z and r, of the upper one for the others."""
    if family == "z":
        return math.erfc(abs(x) / math.sqrt(2))
    if family in ("t", "r"):
        (df,) = freedoms
        return beta_share(1 - x * x if family == "r" else df / (df + x * x), df / 2, 0.5)
    if x <= 0:
        return 1.0
    if family == "f":
        first, second = freedoms
        return beta_share(second / (second + first * x), second / 2, first / 2)
    (df,) = freedoms
    scale = -math.lgamma(df / 2) - df / 2 * math.log(2)
    density = lambda t: math.exp(scale + (df / 2 - 1) * math.log(t) - t / 2)
    if x < df:
        return 1 - integral(lambda far, _: density(far), 0.0, x)
    # The rest of the line, by t = x / (1 - u).
    return integral(lambda _, near: density(x / near) * x / near**2, 0.0, 1.0)


def p_value(sheet):
    """The p values of every corner of the statistic and its degrees of freedom, against the printed one."""
    family = sheet.inputs["test"][0]
    named = lambda text: sheet.ends[text] if text in sheet.ends else stands_for(text)
    freedoms = [named(sheet.inputs[key][0]) for key in ("df", "df1", "df2") if key in sheet.inputs]
    freedoms = [tuple(float(end) for end in ends) for ends in freedoms]
    low, high = (float(end) for end in sheet.interval("statistic"))
    if any(ends[0] <= 0 or ends[1] > 100_000 for ends in freedoms) or max(abs(low), abs(high)) > 1e6:
        return "other"
    places = {low, high} | ({0.0} if low < 0 < high else set())
    every = [tail(family, x, corner) for x in places for corner in itertools.product(*freedoms)]
    ranges = [(min(every), max(every))]
    if "one_sided" in sheet.inputs:
        near = min(every) / 2, max(every) / 2
        ranges = [near, (1 - near[1], 1 - near[0])]
    wanted = tuple(float(end) for end in sheet.interval("p"))
    # How far the printed interval and what is allowed lie apart; at a touch, quadrature does not decide.
    gap = min(max(wanted[0] - top, bottom - wanted[1]) for bottom, top in ranges)
    if abs(gap) < 1e-10:
        return "other"
    allowed = " or ".join(f"{bottom:.6g} to {top:.6g}" for bottom, top in ranges)
    return "good" if (gap > 0) == (sheet.relation["state"] == "fails") else f"p is {allowed}"


def stands_for(text):
    """A whole number is exact, a decimal stands for what rounds to it."""
    digits = len(text.partition(".")[2])
    slack = F(1, 2 * 10**digits) if digits else F(0)
    return F(text) - slack, F(text) + slack


def check(relation, ends, printed):
    """Verifies one check; None where the relation is none, or was not decided."""
    name = relation.get("check")
    if not name or relation["state"] == "undecided":
        return None
    sheet = Sheet(relation, ends, printed)
    if name in ("grim", "grimmer", "debit"):
        return means(sheet, name)
    if name == "percent_of":
        return percent_of(sheet)
    if name == "interval":
        return log_interval(sheet) if sheet.inputs.get("scale") == ["log"] else interval(sheet)
    if name == "shares":
        return shares(sheet)
    return group_rates(sheet) if name == "group_rates" else p_value(sheet)
