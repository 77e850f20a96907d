"""Checks what `secondlook check STUDY --format json` says of relations, with nothing but fractions and json.

usage: secondlook check STUDY --format json | python3 check_certificates.py

Shares no code and no method with the solver. Printed numbers are read again from their text (plain numbers,
thousands marks, percent, points, k, `~`, `1 in n`; every other form, and every declared reading, is taken from
the audit's interval, whose twelve digits are read with that slack). A witness must lie inside the printed
intervals and make the relation true. A proof must add up: multipliers positive, everything on the left
cancels, the right side is false; each `printed` part must be an end of the printed interval, each other part
must follow from the relation's text: with the given numbers put in, the relation's difference (a quotient of
polynomials, expanded here) must be the part's terms times a positive number, and a number that was put in at
an end of its interval must push the difference the right way. Where a claim has several readings, a proof is of one of
them. Prints what was checked; exits with 1 on a failure.
"""

import ast
import json
import re
import sys
from fractions import Fraction as F


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


def comparisons(node):
    """All comparisons as (difference, sense): 0 for equal, 1 for at least, 2 for above, with what a part may use."""
    if isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from comparisons(part)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from comparisons(node.operand)
    elif isinstance(node, ast.Compare):
        left, right = node.left, node.comparators[0]
        yield ast.BinOp(left, ast.Sub(), right), node.ops[0]


def is_true(node, at):
    if isinstance(node, ast.BoolOp):
        values = [is_true(part, at) for part in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not is_true(node.operand, at)
    above, below = quotient(ast.BinOp(node.left, ast.Sub(), node.comparators[0]), at)
    value = above.get((), F(0)) / below[()]
    return {ast.Eq: value == 0, ast.NotEq: value != 0, ast.Lt: value < 0, ast.LtE: value <= 0, ast.Gt: value > 0, ast.GtE: value >= 0}[
        type(node.ops[0])
    ]


def follows(relation, part, ends):
    """Whether some comparison of the relation gives `terms - at_least` times a positive number."""
    given = {name: number(value) for name, value in part["given"].items() if name not in part["terms"]}
    wanted = Polynomial({(name,): number(value) for name, value in part["terms"].items()}).add(Polynomial.of(number(part["at_least"])), -1)
    for difference, sense in comparisons(parsed(relation["holds"])):
        above, below = quotient(difference, given)
        if set(above) != set(wanted):
            # A term of the row may be a known number that was put in elsewhere.
            continue
        key = next((key for key in wanted if wanted[key]), None)
        if key is None:
            return True
        factor = above[key] / wanted[key]
        if above != Polynomial({name: value * factor for name, value in wanted.items()}):
            continue
        # The sign of the divisor over the box, each of its numbers at the end that makes it least, then most.
        least = most = F(0)
        for name, value in below.items():
            bounds = [value]
            for letter in name:
                bounds = [bound * end for bound in bounds for end in ends[letter]]
            least, most = least + min(bounds), most + max(bounds)
        if least <= 0 <= most:
            return False
        positive = (factor > 0) == (least > 0)
        equal = isinstance(sense, (ast.Eq, ast.NotEq))
        upward = isinstance(sense, (ast.Gt, ast.GtE, ast.NotEq, ast.Eq))
        if not (equal or positive == upward):
            continue
        if rightly(difference, given, ends, positive):
            return True
    return False


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


def check_proof(relation_by_id, case, ends):
    total, right, strict = Polynomial(), F(0), False
    limits = dict(ends)
    for text in case["assuming"]:
        name, sign, value = text.split()
        low, high = limits[name]
        limits[name] = (low, min(high, number(value))) if sign == "<=" else (max(low, number(value)), high)
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
        elif part["from"] in relation_by_id and not follows(relation_by_id[part["from"]], part, limits):
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
        if known is None and claim.get("interval"):
            known = tuple(F(str(end)) for end in claim["interval"])
        if known is not None:
            ends[claim["id"]] = known
    # `equals` is a relation too.
    relations = {relation["id"]: relation for relation in audit["relations"]}
    for claim in audit["claims"]:
        if claim.get("equals"):
            relations[claim["id"]] = {"id": claim["id"], "holds": f"{claim['id']} == {claim['equals']}"}
    failures, witnesses, proofs, other = [], 0, 0, 0
    for relation in audit["relations"]:
        if relation["witness"]:
            at = {name: number(value) for name, value in relation["witness"].items()}
            try:
                good = is_true(parsed(relation["holds"]), at)
            except (ValueError, KeyError):
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
            for case in relation["proof"]["cases"]:
                found = [check_proof(relations, case, known) for known in readings(audit, ends)]
                problem = None if None in found else found[0]
                proofs += 1
                if problem:
                    failures.append(f"{relation['id']}: {problem}")
    print(f"{witnesses} witnesses and {proofs} proofs checked, {other} of another kind, {len(failures)} wrong")
    for failure in failures:
        print(failure)
    return 1 if failures or witnesses + proofs == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
