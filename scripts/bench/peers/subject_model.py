"""The P.910 subject model by alternating projection, NumPy. argv: folder with ratings.f64; observers; stimuli."""
import json
import sys
import time

import numpy as np

folder, observers, stimuli = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ratings = np.fromfile(f"{folder}/ratings.f64").reshape(observers, stimuli)

start = time.perf_counter()
quality = np.nanmean(ratings, 0)
for iteration in range(1000):
    bias = np.nanmean(ratings - quality, 1)
    inconsistency = np.nanstd(ratings - quality - bias[:, None], 1)
    weight = np.where(np.isnan(ratings), 0, 1 / (inconsistency[:, None] ** 2 + 1e-8))
    moved = np.nansum(weight * np.nan_to_num(ratings - bias[:, None]), 0) / weight.sum(0)
    change = np.linalg.norm(moved - quality)
    quality = moved
    if change < 1e-8:
        break
quality += bias.mean()
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "result": quality[:5].tolist()}))
