"""The relation network: how long it takes, what it misses, and whether it ever cries wolf.

usage: python3 tests/bench/network.py SECONDLOOK [--json] [--networks N]

Writes claims files into a temporary folder and runs `SECONDLOOK check` on each.
- time: 200 claims and 100 relations (50 sums over overlapping counts, 50 shares of two counts), with a planted
  slip, so that a smallest conflicting set is found and certified. Best of three, start of the program included.
  No peer: we know of no other tool that reads printed numbers and names a smallest conflicting set.
- truth: N networks of true numbers printed at random precision under a random rule for halves; alarms must be 0.
- planted: the same with one digit of one number changed; the share found, and of those the share in which the
  changed number is among those named, with 95% Wilson intervals. (A changed digit that still fits every other
  printed number cannot be found by anyone.)
"""

import json
import math
import random
import subprocess
import sys
import tempfile
import time
from fractions import Fraction as F
from pathlib import Path

STUDY = '[study]\nid = "net"\ntitle = "Net"\n\n[[source]]\nid = "paper"\ntitle = "Paper"\nurl = "https://example.org/p"\nas_known_on = 2026-11-22\n'
# At most twenty conflicts of a file are looked for: fewer networks than that stand in one.
PER_FILE = 10


def claim(name, printed, more=""):
    return f'[[claim]]\nid = "{name}"\nsays = "A number."\nwhere = {{ source = "paper", at = "p. 1" }}\nprinted = "{printed}"\nweight = "minor"\ntranscription = "two"\nuntestable = "withheld"\n{more}\n'


def relation(name, holds):
    return f'[[relation]]\nid = "{name}"\nkind = "definitional"\nsays = "So it must be."\nholds = "{holds}"\n\n'


def check(binary, text):
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder, "methods", "net")
        study.mkdir(parents=True)
        (study / "study.toml").write_text(STUDY)
        (study / "claims.toml").write_text(text)
        started = time.perf_counter()
        done = subprocess.run([binary, "check", "net", "--root", folder, "--format", "json", "--quiet"], capture_output=True, text=True)
        took = time.perf_counter() - started
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return json.loads(done.stdout), took


def printed(value, places, rule):
    scaled = value * 10**places
    floor, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    up = twice > scaled.denominator or (twice == scaled.denominator and (rule == "up" or (rule == "even" and floor % 2)))
    whole = str(floor + up).rjust(places + 1, "0")
    return whole if places == 0 else f"{whole[:-places]}.{whole[-places:]}"


def network(draw, prefix, plant):
    """Counts, rates, shares, a total, an overall rate (a weighted mean), a ratio; one number wrong where `plant`."""
    groups = draw.randint(2, 6)
    places, rule = draw.randint(0, 2), draw.choice(["up", "down", "even"])
    n = [draw.randint(20, 4000) for _ in range(groups)]
    good = [draw.randint(0, count) for count in n]
    total = sum(n)
    counts = "count = true" if draw.random() < 0.5 else ""
    numbers = []
    for group in range(groups):
        numbers.append((f"{prefix}n_{group}", f"{n[group]:,}", counts))
        numbers.append((f"{prefix}rate_{group}", printed(F(100 * good[group], n[group]), places, rule) + "%", ""))
        numbers.append((f"{prefix}share_{group}", printed(F(100 * n[group], total), places, rule) + "%", ""))
    numbers.append((f"{prefix}total", f"{total:,}", counts))
    numbers.append((f"{prefix}overall", printed(F(100 * sum(good), total), places, rule) + "%", ""))
    numbers.append((f"{prefix}ratio", printed(F(n[0], n[1]), places + 1, rule), ""))
    wrong = None
    if plant:
        at = draw.randrange(len(numbers))
        wrong, text, more = numbers[at]
        digits = [i for i, letter in enumerate(text) if letter.isdigit()]
        i = draw.choice(digits)
        others = [d for d in "0123456789" if d != text[i] and not (d == "0" and i == digits[0] and len(digits) > 1)]
        numbers[at] = (wrong, text[:i] + draw.choice(others) + text[i + 1 :], more)
    text = "".join(claim(*one) for one in numbers)
    text += relation(f"{prefix}sum", " + ".join(f"{prefix}n_{g}" for g in range(groups)) + f" == {prefix}total")
    mean = " + ".join(f"{prefix}n_{g} * {prefix}rate_{g}" for g in range(groups))
    text += relation(f"{prefix}mean", f"({mean}) / {prefix}total == {prefix}overall")
    text += relation(f"{prefix}first", f"{prefix}n_0 / {prefix}n_1 == {prefix}ratio")
    for g in range(groups):
        text += relation(f"{prefix}part_{g}", f"{prefix}n_{g} / {prefix}total == {prefix}share_{g}")
    return text, wrong


def large(seed):
    draw = random.Random(seed)
    n = [draw.randint(100, 9999) for _ in range(100)]
    text = "".join(claim(f"n_{i}", str(value)) for i, value in enumerate(n))
    for k in range(50):
        chosen = draw.sample(range(100), draw.randint(2, 6))
        text += claim(f"s_{k}", f"{sum(n[i] for i in chosen) + (17 if k == 25 else 0):,}")
        text += relation(f"sum_{k}", " + ".join(f"n_{i}" for i in chosen) + f" == s_{k}")
    for k in range(50):
        i, j = draw.sample(range(100), 2)
        text += claim(f"p_{k}", printed(F(100 * n[i], n[i] + n[j]), 1, "up") + "%")
        text += relation(f"ratio_{k}", f"n_{i} / (n_{i} + n_{j}) == p_{k}")
    return text


def wilson(hits, of):
    z, p = 1.959963984540054, hits / of
    middle, reach = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return [round((middle + sign * reach) / (1 + z * z / of), 4) for sign in (-1, 1)]


def main():
    words = sys.argv[1:]
    as_json = "--json" in words
    many = int(words[words.index("--networks") + 1]) if "--networks" in words else 1000
    binary = words[0]

    def row(**keys):
        print(json.dumps(keys) if as_json else "  ".join(f"{key} {value}" for key, value in keys.items()))

    text = large(1)
    found = [check(binary, text) for _ in range(3)]
    failing = [one["id"] for one in found[0][0]["relations"] if one["state"] == "fails"]
    row(row="network of 200 claims and 100 relations", ours_s=round(min(took for _, took in found), 3), peer=None, peer_s=None, ratio=None, fails=failing)

    draw = random.Random(20261126)
    alarms = undecided = 0
    for start in range(0, many, PER_FILE):
        text = "".join(network(draw, f"x{i}_", False)[0] for i in range(start, min(many, start + PER_FILE)))
        audit, _ = check(binary, text)
        alarms += sum(one["state"] == "fails" for one in audit["relations"])
        undecided += sum(one["state"] == "undecided" for one in audit["relations"])
    row(row="networks of true numbers", networks=many, false_alarms=alarms, undecided=undecided)

    caught = named = 0
    for start in range(0, many, PER_FILE):
        made = {f"x{i}_": network(draw, f"x{i}_", True) for i in range(start, min(many, start + PER_FILE))}
        audit, _ = check(binary, "".join(text for text, _ in made.values()))
        for prefix, (_, wrong) in made.items():
            fails = [one for one in audit["relations"] if one["id"].startswith(prefix) and one["state"] == "fails"]
            caught += bool(fails)
            named += any(wrong in one["conflict"] for one in fails)
    row(row="one digit planted", networks=many, found=caught, share_found=wilson(caught, many), named=named, share_named=wilson(named, max(1, caught)))
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
