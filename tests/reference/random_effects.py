"""Prints the random-effects fit of panel.csv (unequal groups) that tests/it/stats/regress.rs holds.

Run: python3 -m pip install pandas linearmodels==7.1 && python3 random.py
"""

import pandas as pd
from linearmodels.panel import RandomEffects

d = pd.read_csv("panel.csv")
d["row"], d["const"] = range(len(d)), 1.0
d = d.set_index(["g", "row"])
fit = RandomEffects(d.y, d[["const", "x", "z"]]).fit(debiased=True)
print(fit.params.tolist(), fit.std_errors.tolist(), fit.variance_decomposition.tolist())
