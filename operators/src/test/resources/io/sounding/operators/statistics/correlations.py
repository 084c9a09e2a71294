"""Writes correlations.json, the expected values of CorrelationsTest: python3 correlations.py > correlations.json

Made with SciPy 1.10.1 and NumPy 1.24.2. Pearson, Spearman and Kendall are scipy.stats'; the partial Spearman
correlation is that of the residuals of the ranks after a straight line in the ranks of z (numpy.linalg.lstsq); the
interval is numpy.percentile of scipy.stats.spearmanr over resamples whose indices are drawn as Java's
SplittableRandom(seed).nextInt(n) draws them. null stands for undefined.
"""
import json
import math
import warnings

import numpy as np
from scipy import stats

warnings.simplefilter("ignore")
MASK = (1 << 64) - 1
RESAMPLES = 400
SEED = -20100


class SplittableRandom:
    """The generator of Steele, Lea and Flood (2014) as in java.util, with the bounded draw of Java 17."""

    def __init__(self, seed):
        self.seed = seed & MASK

    def next_int(self, bound):
        u = self._next32()
        if bound & (bound - 1) == 0:
            return u & (bound - 1)
        while True:
            half = (u & 0xFFFFFFFF) >> 1
            r = half % bound
            if half + bound - 1 - r < 1 << 31:
                return r
            u = self._next32()

    def _next32(self):
        self.seed = (self.seed + 0x9E3779B97F4A7C15) & MASK
        z = ((self.seed ^ (self.seed >> 33)) * 0x62A9D9ED799705F5) & MASK
        return (((z ^ (z >> 28)) * 0xCB24D0A5C88C35B3) & MASK) >> 32


def number(value):
    return None if value is None or math.isnan(value) else float(value)


def constant(x):
    return len(set(x)) < 2


def partial(x, y, z):
    if len(x) < 4 or constant(x) or constant(y) or constant(z):
        return None
    a, b, c = (stats.rankdata(v) for v in (x, y, z))
    line = np.stack([np.ones(len(c)), c], axis=1)
    rest = [v - line @ np.linalg.lstsq(line, v, rcond=None)[0] for v in (a, b)]
    if min(np.abs(r).max() for r in rest) < 1e-9:
        return None
    return stats.pearsonr(*rest)[0]


def interval(x, y):
    n = len(x)
    if n < 5 or constant(x) or constant(y):
        return None, None, 0
    random = SplittableRandom(SEED)
    rho = []
    for _ in range(RESAMPLES):
        draw = [random.next_int(n) for _ in range(n)]
        rho.append(stats.spearmanr(x[draw], y[draw])[0])
    rho = np.array([r for r in rho if not math.isnan(r)])
    if 2 * len(rho) < RESAMPLES:
        return None, None, 0
    return float(np.percentile(rho, 2.5)), float(np.percentile(rho, 97.5)), len(rho)


def case(name, x, y, z):
    x, y, z = (np.asarray(v, dtype=np.float64) for v in (x, y, z))
    two = len(x) >= 2
    low, high, used = interval(x, y)
    return {
        "name": name,
        "x": x.tolist(),
        "y": y.tolist(),
        "z": z.tolist(),
        "pearson": number(stats.pearsonr(x, y)[0]) if two else None,
        "spearman": number(stats.spearmanr(x, y)[0]) if two else None,
        "kendall": number(stats.kendalltau(x, y)[0]) if two else None,
        "spearmanGivenZ": number(partial(x, y, z)),
        "low": low,
        "high": high,
        "resamples": used,
    }


def cases():
    rng = np.random.default_rng(20100)
    yield case("one pair", [1], [2], [3])
    yield case("two pairs", [1, 2], [5, 3], [1, 2])
    yield case("three pairs", [1, 2, 3], [5, 3, 4], [1, 3, 2])
    yield case("constant x", [2] * 6, range(6), [1, 0, 2, 3, 5, 4])
    yield case("constant y", range(6), [0.1] * 6, [1, 0, 2, 3, 5, 4])
    yield case("constant z", range(6), [1, 0, 2, 3, 5, 4], [7] * 6)
    yield case("perfect order", range(9), np.exp(np.arange(9)), rng.normal(size=9))
    yield case("opposite order", range(9), -np.arange(9) ** 3, rng.normal(size=9))
    yield case("z orders x", range(9), rng.normal(size=9), np.arange(9) * 2)
    yield case("one value differs", [0, 0, 0, 0, 0, 0, 1], rng.normal(size=7), range(7))
    yield case("zero and minus zero are tied", [0.0, -0.0, 1, 2, -1], [1, 2, 4, 3, 0], [1, 2, 3, 5, 4])
    for n in (4, 5, 12, 40, 200):
        z = np.arange(n, dtype=np.float64)
        x = rng.normal(size=n) + z / n
        yield case(f"n = {n}", x, x + rng.normal(size=n), z)
    for n, values in ((12, 3), (50, 4), (120, 2), (120, 30)):
        x = rng.integers(0, values, size=n)
        yield case(f"n = {n} with ties among {values}", x, x + rng.integers(0, values, size=n), rng.integers(0, n, size=n))
    x = rng.normal(size=30)
    yield case("far from zero", 1e8 + x, rng.normal(size=30) - x, np.arange(30))
    yield case("small", 1e-12 * x, 1e-9 * (rng.normal(size=30) + x), np.arange(30))


print("[")
print(",\n".join(json.dumps(c) for c in cases()))
print("]")
