"""Times `secondlook check --table` beside its peers, and counts false alarms on data that are true.

    python3 tests/bench/forensic.py [PROGRAM] [--json] [--long]

Medians of five runs of the whole program: start, reading, checking, writing JSON; seconds of CPU, which a busy machine
changes less than the clock, and on the clock. Peers: the loops below, in Python's
whole numbers and floats, on rows that are already in memory; R's statcheck where Rscript has it (one run: it takes
tens of milliseconds a text). scrutiny is not on the registries that the machine this was written on reaches; its rule
(one sum, round(mean * n), is looked at) is `single_sum`. `--long` adds ten million rows and their peak of memory.
Both sides' answers are compared before a time is printed. Nothing in the tests depends on these figures.
"""

import json
import math
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

OPTIONS = ("--json", "--long")
ARGUMENTS = [argument for argument in sys.argv[1:] if argument not in OPTIONS]
PROGRAM = ARGUMENTS[0] if ARGUMENTS else "target/debug/secondlook"
ROWS, RUNS, TEXTS, TRUE = 100_000, 5, 2_000, 60_000
LONG = 10_000_000


def rows(count=ROWS):
    draw = random.Random(20261126)
    for _ in range(count):
        mean, deviation, n = draw.randint(100, 700), draw.randint(50, 200), draw.randint(10, 200)
        yield f"{mean // 100}.{mean % 100:02}", f"{deviation // 100}.{deviation % 100:02}", str(n)


def hundreds():
    """Means and deviations of 100 answers on 1 to 7, half of them of data, half with another last digit."""
    draw = random.Random(7)
    for row in range(1_000):
        mean, deviation = printed([draw.randint(1, 7) for _ in range(100)], 2, 2)
        yield mean, f"{float(deviation) + 0.01 * (row % 2):.2f}", "100"


def printed(data, places, fine):
    n, total = len(data), sum(data)
    about = (sum(x * x for x in data) * n - total * total) / (n * (n - 1))
    return f"{total / n:.{places}f}", f"{math.sqrt(about):.{fine}f}"


def true_pairs():
    """60,000 data sets of 10 to 500 answers on 1 to 7: the mean with one decimal, the deviation with three."""
    draw = random.Random(80)
    for _ in range(TRUE):
        n = draw.randint(10, 500)
        yield *printed(draw.choices(range(1, 8), k=n), 1, 3), str(n)


def sums(mean, n):
    whole = round(float(mean) * 200)
    return range(-(-(whole - 1) * n // 200), (whole + 1) * n // 200 + 1)


def plain_grim(mean, _deviation, n):
    return len(sums(mean, int(n))) > 0


def squares(total, n, deviation, half):
    """Whether a whole sum of squares of the total's parity lies where the deviation allows it."""
    low = (n - 1) * max(deviation - half, 0.0) ** 2 + total * total / n
    high = (n - 1) * (deviation + half) ** 2 + total * total / n
    first = math.ceil(low - 1e-9)
    return first + (first - total) % 2 <= high + 1e-9


def plain_grimmer(mean, deviation, n):
    n, deviation = int(n), float(deviation)
    return any(squares(total, n, deviation, 0.005) for total in sums(mean, n))


def single_sum(mean, deviation, n):
    """The widely used rule: the one sum that the mean rounds to."""
    n, fine = int(n), len(deviation.partition(".")[2])
    return squares(round(float(mean) * n), n, float(deviation), 0.5 * 10**-fine)


def used():
    """Seconds of CPU of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def timed(work, runs=RUNS):
    """Medians of (CPU, clock), and the last answer."""
    times = []
    for _ in range(runs):
        began = used(), time.perf_counter()
        answer = work()
        times.append((used() - began[0], time.perf_counter() - began[1]))
    return [statistics.median(column) for column in zip(*times)], answer


def write(folder, name, header, table):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(",".join(row) + "\n" for row in table)
    return path


def ours(path, arguments, runs=RUNS):
    command = [PROGRAM, "check", "--table", path, "--format", "json", *arguments]
    wall, done = timed(lambda: subprocess.run(command, stdout=subprocess.PIPE, check=False), runs)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{arguments}: exit {done.returncode}")
    return wall, [row["consistent"] for row in json.loads(done.stdout)["rows"]]


def line(name, ours_took, peer=None, peer_took=None, **more):
    """The ratio is that of the CPU times."""
    cpu, wall = ours_took
    theirs = peer_took or (None, None)
    row = {"row": name, "ours_cpu_s": round(cpu, 4), "ours_s": round(wall, 4), "peer": peer}
    row |= {"peer_cpu_s": theirs[0] and round(theirs[0], 4), "peer_s": theirs[1] and round(theirs[1], 4)}
    return row | {"ratio": theirs[0] and round(theirs[0] / cpu, 2), **more}


def tables(folder):
    table = list(rows())
    path = write(folder, "rows.csv", "mean,sd,n", table)
    for name, arguments, plain in [
        ("GRIM, 100,000 rows", ["--grim", "mean,n"], plain_grim),
        ("GRIMMER, 100,000 rows", ["--grimmer", "mean,sd,n"], plain_grimmer),
        ("GRIMMER on 1 to 7, 100,000 rows", ["--grimmer", "mean,sd,n", "--scale", "1,7"], None),
    ]:
        wall, found = ours(path, arguments)
        if plain is None:
            yield line(name, wall)
            continue
        peer, theirs = timed(lambda: [plain(*row) for row in table])
        if found != theirs:
            raise SystemExit(f"{name}: {sum(a != b for a, b in zip(found, theirs))} rows differ")
        yield line(name, wall, "plain Python", peer)


def exact(folder):
    one = write(folder, "one.csv", "mean,sd,n", [("4.00", "2.00", "100")])
    many = write(folder, "hundreds.csv", "mean,sd,n", hundreds())
    arguments = ["--grimmer", "mean,sd,n", "--scale", "1,7"]
    start, _ = ours(one, ["--grim", "mean,n"])
    wall, found = ours(many, arguments)
    each = (wall[0] - start[0]) / len(found) * 1_000
    yield line("exact GRIMMER with a data set, n = 100 on 1 to 7, 1,000 rows", wall, ms_a_row=round(each, 4))


def false_alarms(folder):
    table = list(true_pairs())
    path = write(folder, "true.csv", "mean,sd,n", table)
    wall, found = ours(path, ["--grimmer", "mean,sd,n"], 1)
    peer, theirs = timed(lambda: [single_sum(*row) for row in table], 1)
    alarms = found.count(False) + found.count(None), theirs.count(False)
    yield line("false alarms on 60,000 true pairs", wall, "single sum", peer, ours_alarms=alarms[0], peer_alarms=alarms[1])


def statcheck(folder):
    draw = random.Random(7)
    texts = [f"t({draw.randint(10, 200)}) = {draw.uniform(-4, 4):.2f}, p = .{draw.randint(1, 999):03}" for _ in range(TEXTS)]
    path = write(folder, "texts.csv", "text", [(f'"{text}"',) for text in texts])
    wall, found = ours(path, ["--p", "text"])
    name = f"p from {TEXTS:,} statistics"
    script = (
        "suppressMessages(library(statcheck)); texts <- readLines(commandArgs(TRUE)[1]); began <- proc.time();"
        "found <- suppressMessages(statcheck(texts, messages = FALSE));"
        "took <- proc.time() - began; cat(took[1] + took[2], took[3], as.character(packageVersion('statcheck')), sum(found$error), nrow(found))"
    )
    plain = write(folder, "texts.txt", texts[0], [(text,) for text in texts[1:]])
    rscript = shutil.which("Rscript")
    done = rscript and subprocess.run([rscript, "-e", script, plain], capture_output=True, text=True, check=False)
    if not done or done.returncode:
        yield line(name, wall)
        return
    cpu, seconds, version, errors, read = done.stdout.split()[-5:]
    yield line(
        name, wall, f"R statcheck {version}", (float(cpu), float(seconds)), ours_inconsistent=found.count(False), peer_inconsistent=int(errors), peer_read=int(read)
    )


def long(folder):
    path = write(folder, "long.csv", "mean,sd,n", rows(LONG))
    command = [PROGRAM, "check", "--table", path, "--format", "json", "--grim", "mean,n"]
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    took = usage.ru_utime + usage.ru_stime, time.perf_counter() - began
    yield line("GRIM, 10,000,000 rows", took, peak_mb=round(usage.ru_maxrss / 1024))


def main():
    parts = [tables, exact, false_alarms, statcheck] + ([long] if "--long" in sys.argv else [])
    if "--json" not in sys.argv:
        print("| row | our CPU, s | our clock, s | peer | its CPU, s | its clock, s | ratio of CPU | |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            for found in part(folder):
                if "--json" in sys.argv:
                    print(json.dumps(found), flush=True)
                    continue
                cells = [str(value if value is not None else "") for value in list(found.values())[:7]]
                more = ", ".join(f"{key} {value}" for key, value in list(found.items())[7:])
                print("| " + " | ".join([*cells, more]) + " |", flush=True)


main()
