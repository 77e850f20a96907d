"""What the rule for new data says of each of the 143 pairs of R's ReplicationSuccess (RProjects.csv).

Independent of ours: numpy and scipy on the columns fiso, se_fiso, fisr, se_fisr. The claim is that the effect is
above zero (every original is). Writes rprojects.csv: row, project, verdict, whether p < .05 with the same sign.

    python3 tests/reference/rprojects.py PATH/RProjects.csv
"""

import csv
import pathlib
import sys

import numpy as np
import pandas as pd
from scipy.stats import norm

Z = norm.ppf(0.975)


def verdict(row):
    inside = abs(row.fiso - row.fisr) <= Z * np.hypot(row.se_fiso, row.se_fisr)
    low, high = row.fisr - Z * row.se_fisr, row.fisr + Z * row.se_fisr
    if not inside or high <= 0:
        return "not-compatible"
    return "compatible" if low > 0 else "inconclusive"


table = pd.read_csv(sys.argv[1])
assert (table.ro > 0).all()
table["verdict"] = [verdict(row) for row in table.itertuples()]
table["vote"] = (table.pr < 0.05) & (np.sign(table.rr) == np.sign(table.ro))
here = pathlib.Path(__file__).parent
with open(here / "rprojects.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["row", "project", "verdict", "vote"])
    for index, row in enumerate(table.itertuples(), start=1):
        writer.writerow([index, row.project, row.verdict, int(row.vote)])
print(table.groupby(["project", "verdict"]).size().unstack(fill_value=0))
print(table.groupby("project").vote.agg(["sum", "count"]))
