"""Times pyfixest on the coded table: one JSON line a specification, CPU and wall milliseconds, medians.

    python3 regression_pyfixest.py coded_1x.parquet [RUNS]

The specifications are those of kernels.rs. Frames are made before the clock starts; a warm-up run compiles.
"""

import json
import resource
import statistics
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pyfixest as pf

warnings.simplefilter("ignore")
EFFECTS = "mode + month + subj + occ + model + band"
MODELS = {
    "R1": f"succ ~ expertise | {EFFECTS}",
    "R2": f"succ ~ i(expertise, ref=1) | {EFFECTS}",
    "R3": "succ ~ i(expertise, ref=1) + ltv + lturns + app | mode + month + subj + occ + model",
    "R4": f"succ ~ i(expertise, ref=1) | user + {EFFECTS}",
}


def frame(path):
    table = pd.read_parquet(path)
    table["ltv"], table["lturns"] = np.log(table.task_value), np.log(table.turns)
    for column in ("expertise", "user", *EFFECTS.split(" + ")):
        table[column] = table[column].astype("int32")
    table["succ"] = table["succ"].astype("float64")
    return table


def main():
    table, runs = frame(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for name, formula in MODELS.items():
        walls, cpus = [], []
        for _ in range(runs + 1):
            wall, cpu = time.perf_counter(), time.process_time()
            pf.feols(formula, table, vcov={"CRV1": "user"}, lean=True, store_data=False, copy_data=False)
            walls.append(1e3 * (time.perf_counter() - wall))
            cpus.append(1e3 * (time.process_time() - cpu))
        line = {
            "peer": f"pyfixest {pf.__version__}", "kernel": name, "rows": len(table), "runs": runs,
            "cpu_ms": statistics.median(cpus[1:]), "wall_ms": statistics.median(walls[1:]),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(line), flush=True)


main()
