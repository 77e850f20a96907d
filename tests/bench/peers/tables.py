"""Reads the sessions with polars and, with `tables`, computes the six tables; prints CPU and wall seconds of the work alone.

    python3 tables.py FILE read|tables
    python3 tables.py FILE texts|categories [RUNS]

The clock starts when polars is imported; the SHA-256 of the file is part of the work, as it is of ours. With `texts` and `categories`
the tables alone are timed, of columns in memory: as they were read, or with texts as categories; the medians after one run to warm up.
"""

import hashlib
import json
import statistics
import sys
import time

import polars

column = polars.col


def tables(lazy):
    return polars.collect_all([
        lazy.group_by("month", "work_mode").agg(n=polars.len()),
        lazy.group_by("month", "occupation").agg(n=polars.len(), success=column("success_signal").mean()),
        lazy.group_by("expertise", "work_mode").agg(
            success=column("success_signal").mean(), full=(column("outcome") == "full").mean()),
        lazy.group_by("month", "expertise").agg(value=column("task_value").log().mean().exp()),
        lazy.group_by("month").agg(users=column("user_id").n_unique()),
        lazy.group_by("subject", "expertise").agg(
            n=polars.len(), actions=column("actions_per_prompt").mean(), words=column("output_words").log().mean().exp()),
    ])


def in_memory(rows, runs):
    """The median CPU and wall milliseconds of the tables."""
    figures = []
    for _ in range(runs + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        tables(rows.lazy())
        figures.append({"wall_ms": 1e3 * (time.perf_counter() - wall), "cpu_ms": 1e3 * (time.process_time() - cpu)})
    return {key: statistics.median(one[key] for one in figures[1:]) for key in figures[0]} | {"runs": runs}


def main():
    path, what = sys.argv[1:3]
    if what in ("texts", "categories"):
        rows = polars.read_parquet(path)
        if what == "categories":
            rows = rows.with_columns(column(polars.String).exclude("session_id").cast(polars.Categorical))
        json.dump(in_memory(rows, int(sys.argv[3])), sys.stdout)
        return
    wall, cpu = time.perf_counter(), time.process_time()
    with open(path, "rb") as file:
        hashlib.file_digest(file, "sha256").hexdigest()
    rows = polars.read_csv(path) if path.endswith(".csv") else polars.read_parquet(path)
    if what == "tables":
        tables(rows.lazy())
    json.dump({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}, sys.stdout)


main()
