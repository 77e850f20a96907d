"""Writes the coded table as flat little-endian columns, which the kernels' bench reads.

    python3 regression_columns.py coded_1x.parquet COLUMNS

Codes as .u32, numbers as .f64; `task_value` and `turns` as natural logarithms.
"""

import os
import sys

import numpy as np
import pyarrow.parquet as pq

CODES = "mode month subj occ model band expertise user".split()
NUMBERS = "succ fail task_value turns app".split()
LOGGED = ("task_value", "turns")


def main():
    source, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    file = pq.ParquetFile(source)
    out = {c: open(os.path.join(folder, f"{c}.u32"), "wb") for c in CODES}
    out |= {c: open(os.path.join(folder, f"{c}.f64"), "wb") for c in NUMBERS}
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=CODES + NUMBERS)
        for column in CODES:
            out[column].write(table[column].to_numpy().astype("<u4").tobytes())
        for column in NUMBERS:
            values = table[column].to_numpy().astype("<f8")
            out[column].write((np.log(values) if column in LOGGED else values).tobytes())
    for each in out.values():
        each.close()


main()
