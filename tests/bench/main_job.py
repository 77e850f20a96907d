"""Times the main job on every study: wall clock, CPU seconds, peak memory, the median of five runs.

    python3 tests/bench/main_job.py [PROGRAM]

PROGRAM defaults to target/debug/secondlook. Nothing in the tests depends on these figures.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "target/debug/secondlook"
RUNS = 5


def once(study, out):
    began = time.monotonic()
    child = subprocess.Popen(
        [PROGRAM, "audit", study, "--out", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    return os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    print("| study | wall, s | CPU, s | peak memory, MB |\n|---|---|---|---|")
    studies = [entry.name for entry in os.scandir("methods") if entry.is_dir()]
    for study in sorted(studies):
        with tempfile.TemporaryDirectory() as out:
            rows = [once(study, out) for _ in range(RUNS)]
        if any(code not in (0, 1) for code, *_ in rows):
            print(f"| `{study}` | not run: exit {rows[0][0]} | | |")
            continue
        wall, cpu, memory = (statistics.median(row[place] for row in rows) for place in (1, 2, 3))
        print(f"| `{study}` | {wall:.2f} | {cpu:.2f} | {memory:.0f} |")


main()
