"""Thurstone Case V MAP from pair counts, SciPy: L-BFGS-B with the gradient given. Optionally standard errors.

argv: folder with first.i32, second.i32, a.f64 (votes for the first), b.f64; items; "se" or "-".
"""
import json
import resource
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_ndtr

folder, items, errors = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "se"
first, second = (np.fromfile(f"{folder}/{name}.i32", np.int32) for name in ("first", "second"))
wins, losses = (np.fromfile(f"{folder}/{name}.f64") for name in "ab")


def hazard(z):
    return np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_ndtr(z))


def objective(s):
    z = s[first] - s[second]
    value = wins @ log_ndtr(z) + losses @ log_ndtr(-z) - 0.5 * s @ s
    slope = wins * hazard(z) - losses * hazard(-z)
    gradient = np.bincount(first, slope, items) - np.bincount(second, slope, items) - s
    return -value, -gradient


start = time.perf_counter()
fit = minimize(objective, np.zeros(items), jac=True, method="L-BFGS-B",
               options={"maxiter": 20000, "maxfun": 40000, "gtol": 1e-8, "ftol": 0})
s = fit.x
if errors:
    z = s[first] - s[second]
    up, down = hazard(z), hazard(-z)
    weight = wins * up * (z + up) + losses * down * (down - z)
    hessian = np.eye(items)
    np.add.at(hessian, (first, first), weight)
    np.add.at(hessian, (second, second), weight)
    np.add.at(hessian, (first, second), -weight)
    np.add.at(hessian, (second, first), -weight)
    np.sqrt(np.diag(np.linalg.inv(hessian)))
seconds = time.perf_counter() - start
print(json.dumps({
    "seconds": seconds,
    "gradient": float(np.abs(objective(s)[1]).max()),
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "result": s[:5].tolist(),
}))
