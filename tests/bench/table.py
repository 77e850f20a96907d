"""The benchmark: our program beside its peers, one Markdown table.

    python3 tests/bench/table.py [PROGRAM] [--only NAME,…] [--skip NAME,…] [--rows N] [--folder FOLDER] [--json FILE]

PROGRAM defaults to target/debug/secondlook, built by `cargo build --locked` (the one profile that `cargo run` uses; name
target/release/secondlook for the other). The data and the studies are drawn into FOLDER (a temporary one if left out). Ours and the
peer run in turn; the figures are medians (five runs, three of the long rows), with the largest deviation from the median beside the
ratio. CPU seconds are user and system time of the whole process; peak memory is the process's `ru_maxrss` (this program stays small:
what it holds when it starts another counts as that one's peak). Rows:

    job-parquet, job-csv    the whole `secondlook run`: verify, load, six tables, six regressions; polars + pyfixest; 3 runs. Both
                            sides' numbers are compared, and the table is not printed if they differ by more than 1e-7
    tables                  six tables from parquet, ours with start, check and standard errors; polars without its import
    memory                  the same tables of columns in memory, ours with standard errors; polars on texts as it read them, and
                            on categories (ours are coded, too). Builds the bench `steps`
    read-csv, read-parquet  the file hashed and read into columns and counted; polars without its import
    sha-one, sha-four       1 GiB, and four files of 256 MiB, verified; openssl dgst in turn
    regression              one regression, columns in memory: see README.md; pyfixest. Builds the bench. Memory is what the work
                            itself takes beyond the columns, each kernel in a process of its own; pyfixest's the whole process's
    specifications          one of 256 specifications on one table, beyond what they share; pyfixest fits one at a time
    forty-million           R2 on the table repeated to 40 million rows, ours only: 6 GB of memory. Not run unless it is named
    forensic                `check --table` over 100,000 rows; see forensic.py

`--rows 4000000` draws as many users more (a whole number of times 398,198 rows), for the jobs, tables, reading and regressions.

Needs polars, pyfixest, numpy, pyarrow, openssl. Nothing in the tests or in CI depends on a time.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
PEERS = os.path.join(HERE, "peers")
ROWS = ["job-parquet", "job-csv", "tables", "memory", "read-csv", "read-parquet", "sha-one", "sha-four", "regression", "specifications", "forensic"]
NAMED_ONLY = ["forty-million"]
SESSIONS = 398_198


def timed(command):
    """Runs a command; its output, and wall, CPU and memory of the whole process."""
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        output.seek(0)
        text = output.read()
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}")
    return text, {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}


def apart(work, *arguments):
    """Does work in a process of its own: what this one holds would count as the peak of every process it starts."""
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode != 0:
        sys.exit(f"{work.__name__}: exit {process.exitcode}")


def draw(folder, scale):
    """Draws the data and writes the studies around them."""
    import study

    study.write(folder, scale)


def inside(command):
    """Runs a peer that times its own work."""
    text, figures = timed(command)
    return text, {**json.loads(text), "mb": figures["mb"]}


def in_turn(ours, peer, runs):
    """A B A B: the figures of each side."""
    pairs = [(ours()[1], peer()[1]) for _ in range(runs)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def summary(figures):
    """Median of each measure, and the largest deviation of the CPU from it."""
    middle = {key: statistics.median(one[key] for one in figures) for key in figures[0]}
    middle["noise"] = max(abs(one["cpu"] / middle["cpu"] - 1) for one in figures)
    return middle


class Bench:
    def __init__(self, program, folder, scale):
        self.program = os.path.abspath(program)
        self.scale = scale
        self.runs = "5" if scale == 1 else "3"
        self.pyfixest = {}
        self.folder = folder
        self.out = os.path.join(folder, "out")
        self.rows = []

    def data(self, kind):
        return os.path.join(self.folder, "data-manifests", f"sessions-{kind}", f"sessions.{kind}")

    def ours(self, *arguments):
        return [self.program, *arguments, "--root", self.folder, "--quiet"]

    def run(self, study):
        return self.ours("run", study, "--out", self.out)

    def add(self, name, what, peer, ours, theirs, goal):
        a, b = summary(ours), summary(theirs)
        self.rows.append({"name": name, "what": what, "peer": peer, "goal": goal, "ours": a, "theirs": b, "runs": len(ours)})

    def job(self, kind, goal):
        peer = [sys.executable, os.path.join(PEERS, "whole_job.py"), self.data(kind)]
        numbers, _ = timed(peer)
        timed(self.run(f"sessions-{kind}"))
        compare(json.loads(numbers), os.path.join(self.out, f"sessions-{kind}", "results.json"))
        sides = in_turn(lambda: timed(self.run(f"sessions-{kind}")), lambda: timed(peer), 3)
        what = f"whole `run` from {kind}: verify, load, six tables, six regressions"
        self.add(f"job-{kind}", what, "polars + pyfixest", *sides, goal)

    def polars(self, name, kind, work, what, goal):
        peer = [sys.executable, os.path.join(PEERS, "tables.py"), self.data(kind), work]
        sides = in_turn(lambda: timed(self.run(f"{work}-{kind}")), lambda: inside(peer), 5)
        self.add(name, what, "polars, in memory", *sides, goal)

    def sha(self, name, count, goal):
        dataset = os.path.join(self.folder, "data-manifests", name)
        os.makedirs(dataset, exist_ok=True)
        paths = []
        text = f'[dataset]\nid = "{name}"\ntitle = "Bytes"\nproducer = "us"\nlicence = "MIT"\naccess = "public"\n'
        size = (1 << 30) // count
        block = os.urandom(1 << 20)
        for place in range(count):
            paths.append(os.path.join(dataset, f"{place}.bin"))
            with open(paths[-1], "wb") as file:
                for _ in range(size // len(block)):
                    file.write(block)
            with open(paths[-1], "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            text += f'\n[[file]]\npath = "{place}.bin"\nbytes = {size}\nsha256 = "{digest}"\n'
        with open(os.path.join(dataset, "manifest.toml"), "w") as file:
            file.write(text)
        sides = in_turn(
            lambda: timed(self.ours("verify", name)), lambda: timed(["openssl", "dgst", "-sha256", *paths]), 5)
        shutil.rmtree(dataset)
        what = "SHA-256, one file of 1 GiB" if count == 1 else f"SHA-256, {count} files of {size >> 20} MiB"
        self.add(name, what, "openssl in turn" if count > 1 else "openssl", *sides, goal)

    def memory(self):
        bench = ["cargo", "bench", "--locked", "--profile", "dev", "--bench", "steps", "--", self.folder, "tables-parquet", "9"]
        for columns in ("texts", "categories"):
            peer = [sys.executable, os.path.join(PEERS, "tables.py"), self.data("parquet"), columns, "9"]
            sides = in_turn(lambda: ("", figure(lines(bench)[0])), lambda: ("", figure(lines(peer)[0])), 5)
            self.add("memory", "six tables of columns in memory", f"polars, {columns}", *sides, "1/5")

    def columns(self):
        """The coded table for pyfixest, and as flat columns for the kernels."""
        coded, columns = os.path.join(self.folder, "coded.parquet"), os.path.join(self.folder, "columns")
        if not os.path.exists(columns):
            apart(code, self.data("parquet"), coded)
            subprocess.run([sys.executable, os.path.join(PEERS, "regression_columns.py"), coded, columns], check=True)
        return coded, columns

    def kernel(self, *arguments):
        """One kernel in a process of its own, so that its memory is its own."""
        return lines(["cargo", "bench", "--locked", "--profile", "dev", "--bench", "kernels", "--", self.columns()[1], *arguments])[0]

    def fitted(self, kernel):
        """pyfixest on the same columns, measured once."""
        if not self.pyfixest:
            command = [sys.executable, os.path.join(PEERS, "regression_pyfixest.py"), self.columns()[0], self.runs]
            self.pyfixest = {one["kernel"]: one for one in lines(command)}
        return self.pyfixest[kernel]

    def regression(self):
        for kernel in ("R1", "R2", "R3", "R4"):
            ours, peer = self.kernel(self.runs, kernel), self.fitted(kernel)
            what = f"regression {kernel}, {ours['rows']:,} rows in memory ({ours['bytes_a_row']:.0f} B a row beyond them)"
            self.rows.append({
                "name": "regression", "what": what, "peer": "pyfixest", "goal": "1/20", "ours": figure(ours),
                "theirs": figure(peer), "runs": ours["runs"]})

    def specifications(self):
        ours = self.kernel("3", "specification")
        peers = [figure(self.fitted(kernel)) for kernel in ("R1", "R2")]
        mean = {key: statistics.mean(peer[key] for peer in peers) for key in peers[0]}
        self.rows.append({
            "name": "specifications", "what": "one of 256 specifications, each beyond what they share", "peer": "pyfixest, R1 and R2",
            "goal": "5 ms", "ours": figure(ours), "theirs": mean, "runs": ours["runs"]})

    def forty_million(self):
        copies = -(-40_000_000 // (SESSIONS * self.scale))
        ours = self.kernel("3", "R2", str(copies))
        what = f"regression R2, {ours['rows']:,} rows in memory ({ours['bytes_a_row']:.0f} B a row beyond them)"
        self.rows.append({
            "name": "forty-million", "what": what, "peer": "", "goal": "wall 10 s", "ours": figure(ours), "theirs": None,
            "runs": ours["runs"]})

    def print(self):
        print("| work | ours, CPU s | peer, CPU s | ratio (goal) | wall | memory, MB | runs, noise |\n|---|---|---|---|---|---|---|")
        for row in self.rows:
            a, b = row["ours"], row["theirs"]
            if b is None:
                print(f"| {row['what']} | {a['cpu']:.3f} | | ({row['goal']}) | {a['wall']:.3f} | {a['mb']:.0f} | {row['runs']} |")
                continue
            wall = f"{a['wall']:.3f} / {b['wall']:.3f} = {a['wall'] / b['wall']:.2f}"
            share = f" = 1/{b['mb'] / a['mb']:.1f}" if a["mb"] > 0 else ""
            memory = f"{a['mb']:.0f} / {b['mb']:.0f}{share}" if b["mb"] > 0 else ""
            ratio = f"1/{b['cpu'] / a['cpu']:.1f}" if a["cpu"] < b["cpu"] else f"{a['cpu'] / b['cpu']:.2f}"
            noise = f"{row['runs']}, ±{max(a['noise'], b['noise']):.0%}"
            print(f"| {row['what']} | {a['cpu']:.3f} | {b['cpu']:.3f} ({row['peer']}) | {ratio} ({row['goal']}) | {wall} | {memory} | {noise} |")


def lines(command):
    """The JSON lines that a command prints."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def figure(line):
    """A bench's JSON line as the figures of a row; memory is the work's own where the line says so."""
    own = max(0.0, line["bytes_a_row"] * line["rows"] / 1e6) if "bytes_a_row" in line else line.get("peak_mb", 0.0)
    return {"cpu": line["cpu_ms"] / 1e3, "wall": line["wall_ms"] / 1e3, "mb": own, "noise": 0}


def code(source, target):
    """The sessions as integer codes only, for the regression kernels."""
    import numpy
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(source)
    coded = lambda name: table[name].combine_chunks().dictionary_encode().indices
    pyarrow.parquet.write_table(pyarrow.table({
        "mode": coded("work_mode"), "month": coded("month"), "subj": coded("subject"), "occ": coded("occupation"),
        "model": coded("model"), "band": pyarrow.array(numpy.digitize(table["turns"].to_numpy(), [2, 5, 10, 20, 50])),
        "expertise": table["expertise"], "user": coded("user_id"), "succ": table["success_signal"],
        "fail": table["failure_signal"], "task_value": table["task_value"], "turns": table["turns"],
        "app": table["actions_per_prompt"]}), target)


def compare(theirs, results):
    """Ends the program if the two sides do not give the same numbers."""
    with open(results) as file:
        listed = json.load(file)["runs"][0]["estimates"]
    estimates = {key(one["id"]): one for one in listed}
    terms = {"Intercept": "intercept", "ln_words": "ln(output_words)", "ln_turns": "ln(turns)"}
    measures = {"success_signal_se": "success", "actions_per_prompt_se": "actions"}
    numbers = {name: value for name, value in theirs.items() if name != "sha256" and value is not None}
    for name, value in numbers.items():
        step, measure, *groups = name.split("/")
        if groups:
            error = measure.endswith("_se")
            address = f"{step}/{measures.get(measure, measure)}{{{groups[0]}}}"
        else:
            term, _, part = measure.partition(".")
            error = part == "se"
            address = f"{step}/{terms.get(term, term)}"
        ours = estimates[key(address)]["se" if error else "value"]
        if abs(ours - value) > 1e-7 * max(abs(value), 1e-3):
            sys.exit(f"{name}: {ours} is not {value}")
    print(f"{len(numbers)} numbers of both sides agree to 1e-7", file=sys.stderr)


def key(address):
    """An address whatever the order of its groups."""
    name, _, groups = address.rstrip("}").partition("{")
    return name, frozenset(groups.split(",")) if groups else frozenset()


def versions():
    import polars
    import pyfixest

    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.split()[1]
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return (f"{time.strftime('%Y-%m-%d')}, {model}, {os.cpu_count()} cores; Python {platform.python_version()}, polars {polars.__version__}, "
            f"pyfixest {pyfixest.__version__}, OpenSSL {openssl}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", nargs="?", default="target/debug/secondlook")
    arguments.add_argument("--only", default=",".join(ROWS))
    arguments.add_argument("--skip", default="")
    arguments.add_argument("--rows", type=int, default=SESSIONS)
    arguments.add_argument("--folder")
    arguments.add_argument("--json")
    given = arguments.parse_args()
    wanted = [row for row in ROWS + NAMED_ONLY if row in given.only.split(",") and row not in given.skip.split(",")]
    scale = max(1, round(given.rows / SESSIONS))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or temporary
        if not os.path.exists(os.path.join(folder, "methods", "read-csv")):
            apart(draw, folder, scale)
        bench = Bench(given.program, folder, scale)
        steps = {
            "job-parquet": lambda: bench.job("parquet", "1/20"),
            "job-csv": lambda: bench.job("csv", "1/10"),
            "tables": lambda: bench.polars("tables", "parquet", "tables", "six tables from parquet, hashed", ""),
            "memory": bench.memory,
            "read-csv": lambda: bench.polars("read-csv", "csv", "read", "CSV hashed and read into columns", "0.5"),
            "read-parquet": lambda: bench.polars("read-parquet", "parquet", "read", "Parquet hashed and read into columns", ""),
            "sha-one": lambda: bench.sha("sha-one", 1, "1.05"),
            "sha-four": lambda: bench.sha("sha-four", 4, "wall 0.6"),
            "regression": bench.regression,
            "specifications": bench.specifications,
            "forty-million": bench.forty_million,
        }
        for name in wanted:
            if name in steps:
                print(name, file=sys.stderr)
                steps[name]()
        print(f"{versions()}\n")
        bench.print()
        forensic = os.path.join(HERE, "forensic.py")
        if "forensic" in wanted and os.path.exists(forensic):
            print(flush=True)
            subprocess.run([sys.executable, forensic, bench.program], check=True)
        if given.json:
            with open(given.json, "w") as file:
                json.dump(bench.rows, file, indent=1)


main()
