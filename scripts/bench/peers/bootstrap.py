"""SRCC and PLCC on bootstrap resamples, NumPy and SciPy. argv: folder with x.f64, y.f64; replicates."""
import json
import sys
import time

import numpy as np
from scipy.stats import rankdata

folder, replicates = sys.argv[1], int(sys.argv[2])
x, y = (np.fromfile(f"{folder}/{name}.f64") for name in "xy")
random = np.random.default_rng(1)


def pearson(a, b):
    a, b = a - a.mean(), b - b.mean()
    return a @ b / np.sqrt((a @ a) * (b @ b))


start = time.perf_counter()
srcc, plcc = np.empty(replicates), np.empty(replicates)
for k in range(replicates):
    draw = random.integers(0, len(x), len(x))
    a, b = x[draw], y[draw]
    srcc[k] = pearson(rankdata(a), rankdata(b))
    plcc[k] = pearson(a, b)
interval = np.quantile(srcc, [0.025, 0.975]).tolist()
print(json.dumps({"seconds": time.perf_counter() - start, "result": interval}))
