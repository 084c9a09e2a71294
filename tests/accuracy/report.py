#!/usr/bin/env python3
"""Measures data sets with Sounding and with float64 references, and writes the differences.

Called by the script `report` beside this file, which builds Sounding first and says what the options
mean. Exit status 1 if a limit is passed or a value is missing.
"""
import argparse
import hashlib
import json
import math
import os
import platform
import subprocess
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np
import scipy
import sklearn

import cluster_reference
from data_sets import all_sets
from rank_reference import rank_reference
from report_table import RANK_LIMITS, ClusterRow, RankRow, markdown


def say(words):
    print(words, file=sys.stderr, flush=True)


def measure(java, frames, utterances, clusters):
    command = java + ["io.sounding.tests.accuracy.MeasureFrames", str(frames), str(utterances)]
    output = subprocess.run(command + [str(k) for k in clusters], stdout=subprocess.PIPE, check=True)
    return json.loads(output.stdout)


def folder_of(work, name, frames):
    """References belong to the bytes of the frames."""
    digest = hashlib.sha256(frames.read_bytes()).hexdigest()[:12]
    return work / "references" / f"{name}-{digest}"


def cached_rank_reference(folder, rows, utterances):
    file = folder / "rank_family.json"
    if not file.exists():
        lengths = [int(line.rsplit(",", 1)[1]) for line in utterances.read_text().splitlines()]
        values = rank_reference(rows, lengths)
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    return json.loads(file.read_text())


def cluster_references(folder, frames, k, only_cached):
    """The restarts of the reference, and those of a second one with other seeds."""
    n_init = cluster_reference.N_INIT
    seeds = range(n_init), range(n_init, n_init + cluster_reference.SECOND_N_INIT)
    return [cluster_reference.restarts(frames, k, some, folder, only_cached) for some in seeds]


def report_on(data_set, options, java):
    say(f"{data_set.name}: data")
    frames, utterances = data_set.files(options.work / "data")
    rows = np.load(frames)
    folder = folder_of(options.work, data_set.name, frames)
    ours = None
    if not options.references_only:
        say(f"{data_set.name}: ours")
        ours = measure(java, frames, utterances, data_set.clusters)
    say(f"{data_set.name}: references in {folder}")
    reference = cached_rank_reference(folder, rows, utterances)
    ranks = ours and [
        RankRow(data_set.name, metric, ours["rank"].get(metric, math.nan), reference)
        for metric in RANK_LIMITS
    ]
    clusters = []
    around_mean = cluster_reference.Frames(rows)
    for k in data_set.clusters:
        first, second = cluster_references(folder, around_mean, k, options.only_cached)
        if ours and first:
            found = ours[f"k{k}"]["clusters"]
            clusters += ClusterRow.of(data_set.name, k, found, first, second)
    return {"set": data_set, "shape": rows.shape, "ranks": ranks, "clusters": clusters, "ours": ours}


def versions():
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"scikit-learn {sklearn.__version__}"
    )


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", help="comma-separated names; all by default")
    parser.add_argument("--only-cached", action="store_true")
    parser.add_argument("--references-only", action="store_true")
    parser.add_argument("java", nargs="*", help="the command that runs a class of the tests module")
    return parser.parse_args()


def main():
    options = parse_arguments()
    sets = all_sets(options.shared)
    if options.sets:
        wanted = options.sets.split(",")
        unknown = set(wanted) - {one.name for one in sets}
        if unknown:
            sys.exit(f"There are no data sets {', '.join(sorted(unknown))}.")
        sets = [one for one in sets if one.name in wanted]
    results = [report_on(one, options, options.java) for one in sets]
    if options.references_only:
        return 0
    text, misses = markdown(results, versions())
    options.out.write_text(text, encoding="utf-8")
    say(f"{misses} beyond their limit; the report is {options.out}")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
