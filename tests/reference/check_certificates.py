"""Checks what `secondlook check STUDY --format json` says of relations, with nothing but fractions and json.

usage: secondlook check STUDY --format json | python3 check_certificates.py

Shares no code and no method with the solver. Printed numbers are read again from their text (plain numbers,
thousands marks, percent, points, k, `~`, `1 in n`; every other form, and every declared reading, is taken from
the audit's interval, whose twelve digits are read with that slack). A witness must lie inside the printed
intervals and make the relation true. A proof is a tree of cases: at each fork the assumptions must be all there
are (the cases of a relation with `or` or `!=`, both halves of an interval, the two neighbours of a broken
count). In each leaf either a relation is false all over the box (its range is computed here, by intervals with
slopes), or inequalities add up: multipliers positive, everything on the left cancels, the right side is false;
each `printed` part must be an end of the interval, each other part must follow from the relation's text: with
the given numbers put in, the relation's difference (a quotient of polynomials, expanded here) must be the
part's terms times a positive number, and a number that was put in at an end of its interval must push the
difference the right way; or the part is a line, and line minus difference is nowhere negative in the box.
Forensic checks (GRIM and its kin, shares, intervals, percentages, group rates, p values) are verified by `check_forensic.py`.
Where a claim has several readings, a proof is of one of them. Prints what was checked; exits with 1 on a failure.
"""

import ast
import decimal
import json
import re
import sys
from fractions import Fraction as F

import check_forensic


def number(text):
    return F(text)


def printed_interval(claim):
    """(low, high) that the text allows when the rule for halves is not known; None where the text is another form."""
    text = claim["printed"].replace("\u2212", "-").strip()
    if claim.get("reads") or not claim.get("interval"):
        return None
    found = re.fullmatch(r"(-?)([\d,]*\.?\d+)\s*(%|pp|k|x)?", text)
    if not found:
        return None
    digits = found[2].replace(",", "")
    scale = {"%": F(1, 100), "pp": F(1, 100), "k": F(1000)}.get(found[3], F(1))
    places = len(digits.split(".")[1]) if "." in digits else 0
    value = F(digits) * (-1 if found[1] else 1)
    low, high = claim["interval"]
    if low == high:
        return value * scale, value * scale
    half = F(1, 2 * 10**places)
    return (value - half) * scale, (value + half) * scale


class Polynomial(dict):
    """Monomials (sorted tuples of names) with their coefficients."""

    @staticmethod
    def of(value):
        return Polynomial({(): F(value)} if value else {})

    def add(self, other, times=1):
        out = Polynomial(self)
        for key, value in other.items():
            out[key] = out.get(key, F(0)) + value * times
            if out[key] == 0:
                del out[key]
        return out

    def mul(self, other):
        out = Polynomial()
        for one, a in self.items():
            for two, b in other.items():
                key = tuple(sorted(one + two))
                out[key] = out.get(key, F(0)) + a * b
                if out[key] == 0:
                    del out[key]
        return out


def quotient(node, given):
    """The expression as (above, below), or None where it is no quotient of polynomials."""
    one = Polynomial.of(1)
    if isinstance(node, ast.Constant):
        return Polynomial.of(F(str(node.value))), one
    if isinstance(node, ast.Name):
        if node.id in given:
            return Polynomial.of(given[node.id]), one
        return Polynomial({(node.id,): F(1)}), one
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        above, below = quotient(node.operand, given)
        return Polynomial().add(above, -1), below
    if isinstance(node, ast.BinOp):
        a, b = quotient(node.left, given)
        if isinstance(node.op, ast.Pow):
            power = ast.literal_eval(node.right)
            above, below = one, one
            for _ in range(abs(power)):
                above, below = above.mul(a), below.mul(b)
            return (above, below) if power >= 0 else (below, above)
        c, d = quotient(node.right, given)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            sign = 1 if isinstance(node.op, ast.Add) else -1
            if b == d:
                return a.add(c, sign), b
            return a.mul(d).add(c.mul(b), sign), b.mul(d)
        if isinstance(node.op, ast.Mult):
            return a.mul(c), b.mul(d)
        if isinstance(node.op, ast.Div):
            return a.mul(d), b.mul(c)
    raise ValueError("not a quotient of polynomials")


def parsed(text):
    text = re.sub(r"(\d(?:[\d.]*\d)?)\s*%", r"(\1/100)", text)
    return ast.parse(text.replace("^", "**"), mode="eval").body


def normal_form(node, wanted=True):
    """The cases of a condition, each a list of (difference, sense) that must be `==`, `>=` or `>` zero."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return normal_form(node.operand, not wanted)
    if isinstance(node, ast.BoolOp):
        parts = [normal_form(part, wanted) for part in node.values]
        cases = parts[0]
        for part in parts[1:]:
            cases = [one + two for one in cases for two in part] if isinstance(node.op, ast.And) == wanted else cases + part
        return cases
    left, right = node.left, node.comparators[0]
    opposite = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt}
    kind = type(node.ops[0]) if wanted else opposite[type(node.ops[0])]
    up, down = ast.BinOp(left, ast.Sub(), right), ast.BinOp(right, ast.Sub(), left)
    return {
        ast.Eq: [[(up, "==")]],
        ast.NotEq: [[(up, ">")], [(down, ">")]],
        ast.Gt: [[(up, ">")]],
        ast.GtE: [[(up, ">=")]],
        ast.Lt: [[(down, ">")]],
        ast.LtE: [[(down, ">=")]],
    }[kind]


def times(one, two):
    return two if one is None else one if two is None else ast.BinOp(one, ast.Mult(), two)


def apart(node, box):
    """An expression as (above, below): below is the product of its divisors that may be zero, or None."""
    if isinstance(node, ast.UnaryOp):
        above, below = apart(node.operand, box)
        return ast.UnaryOp(ast.USub(), above), below
    if not isinstance(node, ast.BinOp) or isinstance(node.op, ast.Pow):
        return node, None
    (a, b), (c, d) = apart(node.left, box), apart(node.right, box)
    if b is None and d is None:
        safe = not isinstance(node.op, ast.Div)
        if not safe:
            try:
                low, high = sloped(node.right, box)[0]
                safe = low > 0 or high < 0
            except Unbounded:
                safe = False
        return (node, None) if safe else (a, c)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        if b is not None and d is not None and ast.dump(b) == ast.dump(d):
            return ast.BinOp(a, node.op, c), b
        return ast.BinOp(times(a, d), node.op, times(c, b)), times(b, d)
    if isinstance(node.op, ast.Mult):
        return times(a, c), times(b, d)
    return (node, None) if d is not None else (a, times(b, c))


def signed(cases, box):
    """The same cases where a divisor that may be zero is above it, and where it is below: at zero nothing is true."""
    found = []
    for case in cases:
        parts = [[]]
        for difference, sense in case:
            above, below = apart(difference, box)
            if below is None:
                choices = [[(difference, sense)]]
            else:
                minus = lambda node: ast.UnaryOp(ast.USub(), node)
                choices = [[(below, ">"), (above, sense)], [(minus(below), ">"), (above if sense == "==" else minus(above), sense)]]
            parts = [part + choice for part in parts for choice in choices]
        found += parts
    return found


def forms(relation, box):
    """How a relation may be written in cases."""
    plain = normal_form(parsed(relation["holds"]))
    return [plain, signed(plain, box)]


def corners(one, two, act):
    values = [act(a, b) for a in one for b in two]
    return min(values), max(values)


def real(name, value):
    """A real function at a fraction, between two fractions: forty digits, and one unit of the thirty-fifth on either side."""
    with decimal.localcontext() as context:
        context.prec = 40
        about = decimal.Decimal(value.numerator) / decimal.Decimal(value.denominator)
        about = F({"ln": about.ln, "exp": about.exp, "sqrt": about.sqrt}[name]())
    slack = (abs(about) + 1) * F(1, 10**35)
    return about - slack, about + slack


class Unbounded(Exception):
    """A divisor may be zero, or a function may leave its domain."""


def hull(many):
    """Slopes that are those of one of several expressions."""
    none = (F(0), F(0))
    names = {name for slopes in many for name in slopes}
    ends = lambda name, end, pick: pick(slopes.get(name, none)[end] for slopes in many)
    return {name: (ends(name, 0, min), ends(name, 1, max)) for name in names}


def sloped(node, box):
    """The interval of an expression over a box, and of its slope in every name."""
    if isinstance(node, ast.Constant):
        value = node.value if isinstance(node.value, F) else F(str(node.value))
        return (value, value), {}
    if isinstance(node, ast.Name):
        return box[node.id], {node.id: (F(1), F(1))}
    if isinstance(node, ast.UnaryOp):
        (low, high), slopes = sloped(node.operand, box)
        return (-high, -low), {name: (-b, -a) for name, (a, b) in slopes.items()}
    times = lambda one, two: corners(one, two, lambda a, b: a * b)

    def chain(value, slope, slopes):
        return value, {name: times(slope, own) for name, own in slopes.items()}

    def inverse(of, slopes):
        if of[0] <= 0 <= of[1]:
            raise Unbounded
        value = (1 / of[1], 1 / of[0])
        square = times(value, value)
        return chain(value, (-square[1], -square[0]), slopes)

    def power(of, slopes, n):
        if n < 0:
            value, own = power(of, slopes, -n)
            return inverse(value, own)
        if n == 0:
            return (F(1), F(1)), {}
        ends = sorted((of[0] ** n, of[1] ** n))
        value = (F(0), ends[1]) if n % 2 == 0 and of[0] < 0 < of[1] else tuple(ends)
        below, _ = power(of, {}, n - 1)
        return chain(value, (n * below[0], n * below[1]), slopes)

    if isinstance(node, ast.BinOp):
        one, mine = sloped(node.left, box)
        if isinstance(node.op, ast.Pow):
            return power(one, mine, ast.literal_eval(node.right))
        two, theirs = sloped(node.right, box)
        names = set(mine) | set(theirs)
        none = (F(0), F(0))
        if isinstance(node.op, ast.Div):
            two, theirs = inverse(two, theirs)
        if isinstance(node.op, (ast.Mult, ast.Div)):
            joined = {}
            for name in names:
                a, b = times(mine.get(name, none), two), times(theirs.get(name, none), one)
                joined[name] = (a[0] + b[0], a[1] + b[1])
            return times(one, two), joined
        if isinstance(node.op, ast.Sub):
            two, theirs = (-two[1], -two[0]), {name: (-b, -a) for name, (a, b) in theirs.items()}
        joined = {name: tuple(x + y for x, y in zip(mine.get(name, none), theirs.get(name, none))) for name in names}
        return (one[0] + two[0], one[1] + two[1]), joined
    if isinstance(node, ast.Call) and node.func.id in ("ln", "exp", "sqrt") and len(node.args) == 1:
        of, slopes = sloped(node.args[0], box)
        name = node.func.id
        if (name == "ln" and of[0] <= 0) or (name == "sqrt" and of[0] <= 0):
            raise Unbounded
        value = real(name, of[0])[0], real(name, of[1])[1]
        slope = {"ln": lambda: (1 / of[1], 1 / of[0]), "exp": lambda: value, "sqrt": lambda: (1 / (2 * value[1]), 1 / (2 * value[0]))}[name]()
        return chain(value, slope, slopes)
    if isinstance(node, ast.Call) and node.func.id in ("min", "max"):
        parts = [sloped(part, box) for part in node.args]
        pick = min if node.func.id == "min" else max
        value = tuple(pick(of[end] for of, _ in parts) for end in (0, 1))
        return value, hull([slopes for _, slopes in parts])
    if isinstance(node, ast.Call) and node.func.id == "abs":
        (low, high), slopes = sloped(node.args[0], box)
        turned = {name: (-b, -a) for name, (a, b) in slopes.items()}
        return (max(low, -high, F(0)), max(-low, high)), hull([slopes, turned])
    raise ValueError("not an expression that is checked here")


def least(node, box, halvings=6):
    """A number that the expression is nowhere below in a box; the tightest where it rises or falls in all names."""
    here = dict(box)
    while True:
        value, slopes = sloped(node, here)
        fixed = {}
        for name, (low, high) in slopes.items():
            a, b = here[name]
            if a != b and (low >= 0 or high <= 0):
                fixed[name] = (a, a) if low >= 0 else (b, b)
        if not fixed:
            break
        here.update(fixed)
    wide = [name for name in slopes if here[name][0] != here[name][1]]
    if not wide or halvings == 0:
        return value[0]
    name = max(wide, key=lambda name: (here[name][1] - here[name][0]) * max(map(abs, slopes[name])))
    a, b = here[name]
    middle = (a + b) / 2
    return min(least(node, {**here, name: half}, halvings - 1) for half in ((a, middle), (middle, b)))


def is_line_above(part, difference, box):
    """Whether `terms - at_least` is nowhere below the difference in the box."""
    line = ast.Constant(-number(part["at_least"]))
    for name, value in part["terms"].items():
        line = ast.BinOp(line, ast.Add(), ast.BinOp(ast.Constant(number(value)), ast.Mult(), ast.Name(name)))
    try:
        return least(ast.BinOp(line, ast.Sub(), difference), box) >= -abs(number(part["at_least"])) * F(1, 10**11)
    except (Unbounded, KeyError):
        return False


def taken_case(relation, case, box):
    """The comparisons of the case that a leaf assumes, or of the only one."""
    place, many = 0, 1
    for text in case["assuming"]:
        found = re.fullmatch(r"(\w+): case (\d+) of (\d+)", text)
        if found and found[1] == relation["id"]:
            place, many = int(found[2]) - 1, int(found[3])
    return next((cases[place] for cases in forms(relation, box) if len(cases) == many), None)


def is_whole_tree(paths, relations, counts, box):
    """Whether the assumptions of all leaves are the paths of a tree whose forks leave nothing out."""
    if len(paths) == 1 and not paths[0]:
        return True
    if any(not path for path in paths):
        return False
    forks = {}
    for path in paths:
        forks.setdefault(path[0], []).append(path[1:])
    first = next(iter(forks))
    if not all(is_whole_tree(rest, relations, counts, box) for rest in forks.values()):
        return False
    found = re.fullmatch(r"(\w+): case \d+ of (\d+)", first)
    if found:
        many = int(found[2])
        return many in map(len, forms(relations[found[1]], box)) and set(forks) == {f"{found[1]}: case {k + 1} of {many}" for k in range(many)}
    if len(forks) != 2:
        return False
    (name, one, low), (other, two, high) = sorted((fork.split() for fork in forks), key=lambda fork: fork[1])
    if name != other or (one, two) != ("<=", ">="):
        return False
    low, high = number(low), number(high)
    if low == high:
        return True
    counts.add(name)
    return low.denominator == 1 and high == low + 1


def is_true(node, at):
    if isinstance(node, ast.BoolOp):
        values = [is_true(part, at) for part in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not is_true(node.operand, at)
    difference = ast.BinOp(node.left, ast.Sub(), node.comparators[0])
    # One number, but for logarithms and roots: those are known between two.
    low, high = sloped(difference, {name: (value, value) for name, value in at.items()})[0]
    zero = low <= 0 <= high
    return {ast.Eq: zero, ast.NotEq: not zero, ast.Lt: high < 0, ast.LtE: high <= 0, ast.Gt: low > 0, ast.GtE: low >= 0}[
        type(node.ops[0])
    ]


def follows(atoms, part, ends):
    """Whether some comparison gives `terms - at_least` times a positive number, or a line above its difference."""
    return any(follows_from(difference, sense, part, ends) for difference, sense in atoms)


def follows_from(difference, sense, part, ends):
    turned = ast.BinOp(ast.Constant(F(0)), ast.Sub(), difference)
    if part["strict"] and sense != ">" and not part["given"]:
        return False
    for upward in (True, False) if sense == "==" else (True,):
        if is_multiple(difference, part, ends, upward):
            return True
        if is_line_above(part, difference if upward else turned, ends):
            return True
    return False


def is_multiple(difference, part, ends, upward):
    given = {name: number(value) for name, value in part["given"].items() if name not in part["terms"]}
    wanted = Polynomial({(name,): number(value) for name, value in part["terms"].items()}).add(Polynomial.of(number(part["at_least"])), -1)
    try:
        above, below = quotient(difference, given)
    except ValueError:
        return False
    key = next((key for key in wanted if wanted[key]), None)
    if set(above) != set(wanted):
        return False
    if key is None:
        return True
    factor = above[key] / wanted[key]
    if above != Polynomial({name: value * factor for name, value in wanted.items()}):
        return False
    # The sign of the divisor over the box, each of its numbers at the end that makes it least, then most.
    low = high = F(0)
    for name, value in below.items():
        bounds = [value]
        for letter in name:
            bounds = [bound * end for bound in bounds for end in ends[letter]]
        low, high = low + min(bounds), high + max(bounds)
    if low <= 0 <= high:
        return False
    return ((factor > 0) == (low > 0)) == upward and rightly(difference, given, ends, upward)


def rightly(difference, given, ends, upward):
    """A number put in at an end must be where the difference is most (upward) or least."""
    for name, value in given.items():
        low, high = ends[name]
        if low == high:
            continue
        others = {other: at for other, at in given.items() if other != name}
        at = {}
        above, below = quotient(difference, others)
        for key in list(above) + list(below):
            for letter in key:
                if letter != name:
                    at[letter] = sum(ends[letter]) / 2
        values = []
        for end in (low, high):
            a, b = quotient(difference, {**others, **at, name: end})
            values.append(a.get((), F(0)) / b[()])
        rises = values[1] > values[0]
        if value != (high if rises == upward else low):
            return False
    return True


def amount(text):
    """A number of a declared reading: `40%`, `2.5x`, `1,200`."""
    found = re.fullmatch(r"(-?)([\d,]*\.?\d+)\s*(%|pp|k|x)?", text.replace("\u2212", "-").strip())
    scale = {"%": F(1, 100), "pp": F(1, 100), "k": F(1000)}
    return F(found[2].replace(",", "")) * (-1 if found[1] else 1) * scale.get(found[3], F(1)) if found else None


def readings(audit, ends):
    """The intervals of all claims as shown, then with each other reading of a claim in its place."""
    yield ends
    for claim in audit["claims"]:
        for reading in claim.get("readings", []):
            both = [amount(text) for text in reading["reads"] or []]
            if reading["of"] == claim["id"] and len(both) == 2 and None not in both:
                yield {**ends, claim["id"]: tuple(both)}


def check_proof(relations, case, ends):
    total, right, strict = Polynomial(), F(0), False
    limits = dict(ends)
    for text in case["assuming"]:
        if ": case " in text:
            continue
        name, sign, value = text.split()
        low, high = limits[name]
        limits[name] = (low, min(high, number(value))) if sign == "<=" else (max(low, number(value)), high)
    if case.get("excluded"):
        atoms = taken_case(relations[case["excluded"]["by"]], case, ends) or []
        for difference, sense in atoms:
            most = -least(ast.BinOp(ast.Constant(F(0)), ast.Sub(), difference), limits)
            # An end that is open may touch zero.
            if most <= 0 or (sense == "==" and least(difference, limits) >= 0):
                return None
        return f"{case['excluded']['by']} is not false all over the box"
    for part in case["parts"]:
        times = number(part["multiplier"])
        if times <= 0:
            return "a multiplier is not positive"
        terms = Polynomial({(name,): number(value) for name, value in part["terms"].items()})
        if part["from"] == "printed":
            ((name, coefficient),) = part["terms"].items()
            end = limits[name][0] if number(coefficient) > 0 else -limits[name][1]
            if abs(number(coefficient)) != 1 or abs(end - number(part["at_least"])) > abs(end) * F(1, 10**11):
                return f"{name} is not bounded by {part['at_least']}"
        else:
            atoms = taken_case(relations[part["from"]], case, ends)
            if atoms is None or not follows(atoms, part, limits):
                return f"a part does not follow from {part['from']}"
        total = total.add(terms, times)
        right += number(part["at_least"]) * times
        strict = strict or part["strict"]
    if total:
        return f"the left side does not cancel: {dict(total)}"
    return None if right > 0 or (strict and right == 0) else "the right side is not false"


def main():
    audit = json.load(sys.stdin)
    ends = {}
    for claim in audit["claims"]:
        known = printed_interval(claim)
        shown = claim.get("interval")
        if known is not None and any(abs(float(a) - b) > 1e-9 * max(1, abs(b)) for a, b in zip(known, shown)):
            known = None  # another rounding rule is declared
        if known is None and claim.get("interval"):
            known = tuple(F(str(end)) for end in claim["interval"])
        if known is not None:
            ends[claim["id"]] = known
    # `equals` is a relation too.
    relations = {relation["id"]: relation for relation in audit["relations"]}
    for claim in audit["claims"]:
        if claim.get("equals"):
            relations[claim["id"]] = {"id": claim["id"], "holds": f"{claim['id']} == {claim['equals']}"}
    # The audit does not say which numbers are counts: those taken as whole are printed.
    counts = set()
    failures, witnesses, proofs, other, checks = [], 0, 0, 0, 0
    printed = {claim["id"]: claim["printed"] for claim in audit["claims"]}
    spelled = ("shares", "interval")
    for relation in audit["relations"]:
        if answer := check_forensic.check(relation, ends, printed):
            checks += answer != "other"
            other += answer == "other"
            if answer not in ("good", "other"):
                failures.append(f"{relation['id']}: {answer}")
        # Shares, and intervals on their own scale, are comparisons too; the others are not.
        log = relation.get("inputs", {}).get("scale") == ["log"]
        if relation.get("check") and (relation["check"] not in spelled or log):
            continue
        if relation["witness"]:
            at = {name: number(value) for name, value in relation["witness"].items()}
            try:
                good = is_true(parsed(relation["holds"]), at)
            except (ValueError, KeyError, Unbounded):
                other += 1
                continue
            slack = F(1, 10**11)
            inside = any(
                all(
                    known[name][0] - abs(known[name][0]) * slack <= value <= known[name][1] + abs(known[name][1]) * slack
                    for name, value in at.items()
                    if name in known
                )
                for known in readings(audit, ends)
            )
            witnesses += 1
            if not good or not inside:
                failures.append(f"{relation['id']}: the witness is {'outside' if good else 'not true'}")
        if relation["state"] == "fails":
            if not relation["proof"]:
                other += 1
                continue
            if not is_whole_tree([case["assuming"] for case in relation["proof"]["cases"]], relations, counts, ends):
                failures.append(f"{relation['id']}: the cases are not all there are")
            for case in relation["proof"]["cases"]:
                try:
                    found = [check_proof(relations, case, known) for known in readings(audit, ends)]
                except ValueError:
                    other += 1
                    continue
                problem = None if None in found else found[0]
                proofs += 1
                if problem:
                    failures.append(f"{relation['id']}: {problem}")
    print(f"{witnesses} witnesses, {proofs} proofs and {checks} forensic checks verified, {other} of another kind, {len(failures)} wrong")
    if counts:
        print(f"taken as whole numbers: {', '.join(sorted(counts))}")
    for failure in failures:
        print(failure)
    return 1 if failures or witnesses + proofs + checks == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
