#!/usr/bin/env python3
"""Compares two files of metric events of the same checkpoints.

usage: compare_runs.py A.jsonl B.jsonl [RANK_TOLERANCE CLUSTER_TOLERANCE]

Prints the largest relative difference of every number in `rank` and `clusters` over the FINAL
events that both have. Exit status 1 if one passes its tolerance (default 1e-9 and 1e-6), or nothing
was compared.
"""
import json
import sys


def finals(path):
    with open(path, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    return {(e["step"], e["layer"]): e for e in events if e["status"] == "FINAL"}


def main(path_a, path_b, rank_tolerance=1e-9, cluster_tolerance=1e-6):
    a, b = finals(path_a), finals(path_b)
    shared = sorted(a.keys() & b.keys())
    print(f"{len(shared)} layers compared ({len(a)} and {len(b)} given)")
    bad = not shared
    for family, tolerance in (("rank", float(rank_tolerance)), ("clusters", float(cluster_tolerance))):
        worst = {}
        for key in shared:
            for metric, want in a[key][family].items():
                got = b[key][family][metric]
                if isinstance(want, bool) or not isinstance(want, (int, float)) or got is None:
                    bad |= want != got
                    continue
                error = abs(got - want) / max(abs(want), 1e-12)
                worst[metric] = max(worst.get(metric, 0.0), error)
        for metric, error in worst.items():
            bad |= error > tolerance
            print(f"{family + '.' + metric:34} {error:9.2e}{'  <-- too far' if error > tolerance else ''}")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
