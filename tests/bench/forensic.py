"""Times `secondlook check --table` on 100,000 rows beside a plain Python implementation of the same rules.

    python3 tests/bench/forensic.py [PROGRAM] [--json]

The median of five runs of the whole program: start, reading, checking, writing JSON. scrutiny and statcheck are
R packages that the machine this was written on does not have; the peer here is the loop below, in Python's
whole numbers and floats, on rows that are already in memory. Nothing in the tests depends on these figures.
"""

import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time

ARGUMENTS = [argument for argument in sys.argv[1:] if argument != "--json"]
PROGRAM = ARGUMENTS[0] if ARGUMENTS else "target/debug/secondlook"
ROWS, RUNS = 100_000, 5


def rows():
    draw = random.Random(20261126)
    for _ in range(ROWS):
        mean, deviation, n = draw.randint(100, 700), draw.randint(50, 200), draw.randint(10, 200)
        yield f"{mean // 100}.{mean % 100:02}", f"{deviation // 100}.{deviation % 100:02}", str(n)


def sums(mean, n):
    whole = round(float(mean) * 200)
    return range(-(-(whole - 1) * n // 200), (whole + 1) * n // 200 + 1)


def plain_grim(mean, _deviation, n):
    return len(sums(mean, int(n))) > 0


def plain_grimmer(mean, deviation, n):
    n, deviation = int(n), float(deviation)
    for total in sums(mean, n):
        low = (n - 1) * (deviation - 0.005) ** 2 + total * total / n
        high = (n - 1) * (deviation + 0.005) ** 2 + total * total / n
        first = math.ceil(low - 1e-9)
        if first + (first - total) % 2 <= high + 1e-9:
            return True
    return False


def timed(work):
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - began)
    return statistics.median(times), answer


def main():
    table = list(rows())
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("mean,sd,n\n" + "\n".join(map(",".join, table)) + "\n")
        file.flush()
        cases = [
            ("GRIM, 100,000 rows", ["--grim", "mean,n"], plain_grim),
            ("GRIMMER, 100,000 rows", ["--grimmer", "mean,sd,n"], plain_grimmer),
            ("GRIMMER on 1 to 7, 100,000 rows", ["--grimmer", "mean,sd,n", "--scale", "1,7"], None),
        ]
        lines = []
        for name, arguments, plain in cases:
            command = [PROGRAM, "check", "--table", file.name, "--format", "json", *arguments]
            ours, done = timed(lambda: subprocess.run(command, stdout=subprocess.PIPE, check=False))
            if done.returncode not in (0, 1):
                raise SystemExit(f"{name}: exit {done.returncode}")
            found = [row["consistent"] for row in json.loads(done.stdout)["rows"]]
            peer, theirs = timed(lambda: [plain(*row) for row in table]) if plain else (None, None)
            if theirs is not None and found != theirs:
                differ = sum(one != other for one, other in zip(found, theirs))
                raise SystemExit(f"{name}: {differ} rows differ")
            lines.append(
                {
                    "row": name,
                    "ours_s": round(ours, 4),
                    "peer": "plain Python" if plain else None,
                    "peer_s": peer and round(peer, 4),
                    "ratio": peer and round(peer / ours, 2),
                }
            )
    for line in lines:
        if "--json" in sys.argv:
            print(json.dumps(line))
        else:
            print(f"| {line['row']} | {line['ours_s']} s | {line['peer'] or ''} | {line['peer_s'] or ''} |")


main()
