"""Greedy selection of difficult and diverse samples, NumPy. argv: folder with errors.f64, features.f64; n; lambda."""
import json
import sys
import time

import numpy as np

folder, n, weight = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
errors = np.fromfile(f"{folder}/errors.f64")
features = np.fromfile(f"{folder}/features.f64").reshape(len(errors), -1)

start = time.perf_counter()
unit = features / np.linalg.norm(features, axis=1, keepdims=True)
total = np.zeros(features.shape[1])
left = np.ones(len(errors), bool)
picked = []
while len(picked) < n:
    objective = errors.copy()
    if picked:
        objective += weight * (1 - unit @ (total / np.linalg.norm(total)))
    objective[~left] = -np.inf
    best = int(np.argmax(objective))
    picked.append(best)
    left[best] = False
    total += features[best]
print(json.dumps({"seconds": time.perf_counter() - start, "result": picked[:5] + picked[-5:]}))
