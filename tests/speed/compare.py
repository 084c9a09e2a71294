#!/usr/bin/env python3
"""Sounding's statistics beside scikit-learn's; see the script `compare` beside this file."""
import argparse
import platform
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import scipy
import scipy.linalg
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import IncrementalPCA
from threadpoolctl import threadpool_info

WARM_UP_FOLDS = 3
THREADS = 2
DIMENSION = 768
BATCH = 1024
PRODUCT_SIZE = 1536
DEFAULT_MICRO_CENTROIDS, DEFAULT_SHARDS = 256, 32


def say(words):
    print(words, file=sys.stderr, flush=True)


def synthetic(folder, n):
    """Gaussian frames, sigma_i = 1/i, randomly rotated; float32."""
    file = folder / f"frames_{n}_{DIMENSION}.npy"
    if not file.exists():
        rng = np.random.default_rng(7)
        rotation, _ = np.linalg.qr(rng.standard_normal((DIMENSION, DIMENSION)))
        mixing = (rotation / np.arange(1, DIMENSION + 1)[:, None]).astype(np.float32)
        rows = rng.standard_normal((n, DIMENSION), dtype=np.float32) @ mixing
        folder.mkdir(parents=True, exist_ok=True)
        np.save(file, rows)
    return file


class OurSide:
    """A Java process that stays warm."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().strip() == "ready"

    def __call__(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return [float(word) for word in self.process.stdout.readline().split()]


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def batches(rows):
    return [rows[i : i + BATCH] for i in range(0, len(rows) - BATCH + 1, BATCH)]


def incremental_pca(rows):
    """Seconds per frame; every batch costs the same, but for the first."""
    pca = IncrementalPCA()
    parts = batches(rows)
    pca.partial_fit(parts[0])
    return timed(lambda: [pca.partial_fit(part) for part in parts[1:]]) / (BATCH * (len(parts) - 1))


def mini_batch_k_means(rows, clusters):
    """Seconds per frame, without the choice of the first centroids."""
    k_means = MiniBatchKMeans(clusters, init=rows[:clusters], n_init=1, random_state=0)
    parts = batches(rows)
    k_means.partial_fit(parts[0])
    return timed(lambda: [k_means.partial_fit(part) for part in parts[1:]]) / (BATCH * (len(parts) - 1))


def numpy_rate(kind):
    a = np.random.default_rng(1).random((PRODUCT_SIZE, PRODUCT_SIZE)).astype(kind)
    return 4 * 2 * PRODUCT_SIZE**3 / timed(lambda: [a @ a for _ in range(4)])


def repetition(ours, rows, sample, start, second_moments, options):
    """One measurement of everything, ours and theirs in turn."""
    found = {}
    before = ours("products")
    found["fold"], folded = ours("fold", options.micro_centroids, THREADS)
    found["fold256"], _ = ours("fold", DEFAULT_MICRO_CENTROIDS, DEFAULT_SHARDS)
    after = ours("products")
    assert folded == len(rows)
    found["rate64"], found["rate32"] = [(a + b) / 2 for a, b in zip(before, after)]
    part = rows[: options.part]
    found["pca"] = incremental_pca(part) * len(rows)
    found["mini"] = mini_batch_k_means(part, options.clusters) * len(rows)
    found["numpy64"], found["numpy32"] = numpy_rate(np.float64), numpy_rate(np.float32)
    found["lloyd"], found["our_iterations"], found["our_cost"] = ours("lloyd", options.iterations)
    k_means = KMeans(
        options.clusters, init=start, n_init=1, max_iter=options.iterations, tol=0, algorithm="lloyd"
    )
    found["k_means"] = timed(lambda: k_means.fit(sample))
    found["their_iterations"], found["their_cost"] = k_means.n_iter_, k_means.inertia_ / len(sample)
    found["eigen"] = ours("eigenvalues")[0]
    found["eigvalsh"] = timed(lambda: scipy.linalg.eigvalsh(second_moments))
    say(", ".join(f"{name} {value:.4g}" for name, value in found.items()))
    return found


def spread(values, form="{:.2f}"):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{form.format(middle)} ({form.format(low)} to {form.format(high)})"


def table(header, rows):
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)] + rows
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def markdown(found, options):
    n, d, m = options.frames, DIMENSION, options.micro_centroids
    operations64, operations32 = n * d * d, 2 * n * d * m

    def of(value):
        return [value(one) for one in found]

    def ideal(one, operations=operations32):
        return operations64 / one["rate64"] + operations / one["rate32"]

    def share_of_defaults(one):
        return 100 * ideal(one, 2 * n * d * DEFAULT_MICRO_CENTROIDS) / one["fold256"]

    blas = "; ".join(
        sorted({f"{info['internal_api']} {info.get('version') or ''}".strip() for info in threadpool_info()})
    )
    parts = [
        "# Speed\n",
        "Made by `tests/speed/compare`; do not edit. All of it was measured in one run on the same two threads of a shared,",
        "noisy machine, ours and scikit-learn's in turn: absolute times say little, ratios and shares were taken within each",
        f"repetition. Median (lowest to highest) of {len(found)} repetitions after a first one and {WARM_UP_FOLDS} folds that warm up.\n",
        f"Java {java_version(options.java)}; Python {platform.python_version()}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}, scikit-learn {sklearn.__version__} ({blas}).",
        f"Frames: n = {n:,}, d = {d}, float32, Gaussian, sigma_i = 1/i, randomly rotated.\n",
        "## Folding\n",
        f"Ours: utterances of 300 frames in {THREADS} shards, one on each thread: second moments in float64, streaming k-means "
        f"with\n{m:,} micro-centroids in each shard, frame sample. scikit-learn: `IncrementalPCA` "
        f"({d} components, the same spectrum) and\n`MiniBatchKMeans({options.clusters})`, `partial_fit` on batches of "
        f"{BATCH:,} (as many frames as `IncrementalPCA` wants for {d} components), BLAS and\nOpenMP on two threads, measured "
        f"on {options.part:,} frames and scaled to n; the choice of their first centroids is not counted.\n",
        table(
            ["", "seconds", "times ours"],
            [
                ["ours", spread(of(lambda one: one["fold"])), "1"],
                [
                    f"ours, {DEFAULT_SHARDS} shards, {DEFAULT_MICRO_CENTROIDS} micro-centroids each",
                    spread(of(lambda one: one["fold256"])),
                    spread(of(lambda one: one["fold256"] / one["fold"])),
                ],
                [
                    "`IncrementalPCA`",
                    spread(of(lambda one: one["pca"])),
                    spread(of(lambda one: one["pca"] / one["fold"])),
                ],
                [
                    "`MiniBatchKMeans`",
                    spread(of(lambda one: one["mini"])),
                    spread(of(lambda one: one["mini"] / one["fold"])),
                ],
                [
                    "both",
                    spread(of(lambda one: one["pca"] + one["mini"])),
                    spread(of(lambda one: (one["pca"] + one["mini"]) / one["fold"])),
                ],
            ],
        ),
        "Counted operations (a multiplication and an addition are two):\n",
        table(
            ["", "operations", "rate of matrix products, GFLOP/s", "NumPy's, GFLOP/s", "seconds at that rate"],
            [
                [
                    "second moments, float64, n d²",
                    f"{operations64:.3g}",
                    spread(of(lambda one: one["rate64"] / 1e9), "{:.0f}"),
                    spread(of(lambda one: one["numpy64"] / 1e9), "{:.0f}"),
                    spread(of(lambda one: operations64 / one["rate64"])),
                ],
                [
                    "nearest micro-centroids, float32, 2 n d m",
                    f"{operations32:.3g}",
                    spread(of(lambda one: one["rate32"] / 1e9), "{:.0f}"),
                    spread(of(lambda one: one["numpy32"] / 1e9), "{:.0f}"),
                    spread(of(lambda one: operations32 / one["rate32"])),
                ],
            ],
        ),
        "Rates: OpenBLAS in the same Java process, one product on each thread, before and after the fold.\n"
        f"**Share of them that folding reaches: {spread(of(lambda one: 100 * ideal(one) / one['fold']), '{:.1f}')} %** "
        f"({DEFAULT_SHARDS} shards with {DEFAULT_MICRO_CENTROIDS}: {spread(of(share_of_defaults), '{:.1f}')} %).\n",
        "## Final clustering\n",
        f"k-means of {options.sample:,} frames, k = {options.clusters}, from the same centroids, "
        f"at most {options.iterations} iterations, tolerance 0, {THREADS} threads.\n",
        table(
            ["", "seconds", "times ours", "iterations", "mean squared distance"],
            [
                [
                    "ours",
                    spread(of(lambda one: one["lloyd"])),
                    "1",
                    f"{found[0]['our_iterations']:.0f}",
                    f"{found[0]['our_cost']:.8g}",
                ],
                [
                    "`KMeans`, Lloyd",
                    spread(of(lambda one: one["k_means"])),
                    spread(of(lambda one: one["k_means"] / one["lloyd"])),
                    f"{found[0]['their_iterations']:.0f}",
                    f"{found[0]['their_cost']:.8g}",
                ],
            ],
        ),
        f"## Eigenvalues, d = {d}\n",
        table(
            ["", "milliseconds", "times ours"],
            [
                ["ours", spread(of(lambda one: 1e3 * one["eigen"]), "{:.0f}"), "1"],
                [
                    "`scipy.linalg.eigvalsh`",
                    spread(of(lambda one: 1e3 * one["eigvalsh"]), "{:.0f}"),
                    spread(of(lambda one: one["eigvalsh"] / one["eigen"])),
                ],
            ],
        ),
    ]
    return "\n".join(parts)


def java_version(java):
    words = subprocess.run([java[0], "-version"], stderr=subprocess.PIPE, text=True, check=True).stderr
    return words.split('"')[1]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    for name, default in (
        ("frames", 180_000),
        ("sample", 40_960),
        ("clusters", 1024),
        ("micro-centroids", 1024),
        ("iterations", 20),
        ("repetitions", 5),
        ("part", 20_480),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("java", nargs="+")
    return parser.parse_args()


def main():
    warnings.filterwarnings("ignore", category=sklearn.exceptions.ConvergenceWarning)
    options = parse_arguments()
    frames = synthetic(options.work, options.frames)
    rows = np.load(frames, mmap_mode="r")
    rng = np.random.default_rng(11)
    sample = np.array(rows[np.sort(rng.choice(len(rows), options.sample, replace=False))])
    start = np.array(sample[np.sort(rng.choice(len(sample), options.clusters, replace=False))])
    np.save(options.work / "sample.npy", sample)
    np.save(options.work / "start.npy", start)
    files = [frames, options.work / "sample.npy", options.work / "start.npy"]
    ours = OurSide(options.java + [str(file) for file in files] + [str(THREADS)])
    head = sample[: 4 * DIMENSION].astype(np.float64)
    second_moments = head.T @ head
    for _ in range(WARM_UP_FOLDS):  # a job folds for weeks, and its first seconds run in the interpreter
        ours("fold", options.micro_centroids, THREADS)
    found = [
        repetition(ours, rows, sample, start, second_moments, options)
        for _ in range(options.repetitions + 1)
    ]
    text = markdown(found[1:], options)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
