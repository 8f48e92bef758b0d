"""SSIM (11 x 11 Gaussian, sigma 1.5, valid window) of two grey images, SciPy. argv: folder with a.u8, b.u8; width."""
import json
import sys
import time

import numpy as np
from scipy.ndimage import correlate1d

folder, width = sys.argv[1], int(sys.argv[2])
a, b = (np.fromfile(f"{folder}/{name}.u8", np.uint8).reshape(-1, width).astype(float) for name in "ab")

start = time.perf_counter()
kernel = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
kernel /= kernel.sum()


def blurred(image):
    return correlate1d(correlate1d(image, kernel, 0), kernel, 1)[5:-5, 5:-5]


mean_a, mean_b = blurred(a), blurred(b)
var_a = blurred(a * a) - mean_a**2
var_b = blurred(b * b) - mean_b**2
covariance = blurred(a * b) - mean_a * mean_b
c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
ssim = ((2 * mean_a * mean_b + c1) * (2 * covariance + c2)) / (
    (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
)
result = [float(ssim.mean())]
print(json.dumps({"seconds": time.perf_counter() - start, "result": result}))
