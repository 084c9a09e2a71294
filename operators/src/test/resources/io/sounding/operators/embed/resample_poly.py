"""Writes resample_poly.csv, the expected values of ResamplerTest: python3 resample_poly.py > resample_poly.csv

Made with SciPy 1.10.1 and NumPy 1.24.2. One row per conversion: from Hz, to Hz, input samples, output
samples, then every output sample. The input is a chirp-like sum that Java can compute to the same bits in
double precision within 1e-15: x[i] = 0.5 sin(0.01 i) + 0.3 sin(0.0007 i^2).
"""
import math

import numpy as np
from scipy.signal import resample_poly

for source in (8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000):
    for target in (8000, 16000, 48000):
        for n in (1, 7, 300):
            i = np.arange(n, dtype=np.float64)
            x = (0.5 * np.sin(0.01 * i) + 0.3 * np.sin(0.0007 * i * i)).astype(np.float32)
            divisor = math.gcd(source, target)
            y = resample_poly(x.astype(np.float64), target // divisor, source // divisor)
            print(source, target, n, len(y), *("%.8g" % v for v in y), sep=",")
