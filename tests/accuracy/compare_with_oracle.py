#!/usr/bin/env python3
"""Compares metric events (JSON lines of `sounding evaluate`) with reference values.

usage: compare_with_oracle.py EVENTS.jsonl ORACLE.json

The oracle is a list of {step, layers: {LAYER: {metric: value, ..., "kK": {metric: value}}}}.
Prints, per metric, the largest difference over checkpoints and layers, its tolerance, and where
it is. Exit status 1 if a tolerance is passed or nothing was compared.
"""
import json
import sys

RELATIVE = {
    "rankMe": 1e-3,
    "rankMeCentred": 1e-3,
    "rankMeUtterance": 1e-3,
    "stableRank": 1e-3,
    "participationRatio": 1e-3,
    "effectiveRankSquared": 1e-3,
    "alphaReQ": 1e-2,
    "anisotropy": 1e-3,
    "meanNorm": 1e-3,
    "normalisedStd": 1e-3,
    "inertiaPerFrame": 2e-2,
    "inertiaNormalised": 2e-2,
    "calinskiHarabasz": 4e-2,
    "daviesBouldin": 4e-2,
    "usagePerplexity": 4e-2,
}
ABSOLUTE = {"silhouette": 0.015, "simplifiedSilhouette": 0.015}


def main(events_file, oracle_file):
    events = {}
    with open(events_file, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["status"] == "FINAL":
                events[event["step"], event["layer"]] = event
    with open(oracle_file, encoding="utf-8") as file:
        oracle = json.load(file)

    worst = {}
    missing = 0

    def compare(metric, got, want, where):
        nonlocal missing
        tolerance = RELATIVE.get(metric, ABSOLUTE.get(metric))
        if tolerance is None or want is None:
            return
        if got is None:
            missing += 1
            print(f"missing: {metric} at {where}")
            return
        error = abs(got - want) / (abs(want) if metric in RELATIVE else 1.0)
        count, largest, _ = worst.get(metric, (0, -1.0, ""))
        if error > largest:
            worst[metric] = (count + 1, error, f"{where}: {got:.6g} against {want:.6g}")
        else:
            worst[metric] = (count + 1, largest, worst[metric][2])

    for checkpoint in oracle:
        for layer, values in checkpoint["layers"].items():
            where = f"step {checkpoint['step']}, layer {layer}"
            event = events.get((checkpoint["step"], int(layer)))
            if event is None:
                missing += 1
                print(f"missing: no FINAL event at {where}")
                continue
            for metric, want in values.items():
                if not isinstance(want, dict):
                    compare(metric, event["rank"].get(metric), want, where)
            for metric, want in values.get(f"k{event['k']}", {}).items():
                compare(metric, event["clusters"].get(metric), want, where)

    bad = missing
    print(f"{'metric':22} {'compared':>8} {'worst':>10} {'allowed':>9}  where")
    for metric, (count, error, where) in worst.items():
        tolerance = RELATIVE.get(metric, ABSOLUTE.get(metric))
        kind = "rel" if metric in RELATIVE else "abs"
        verdict = "" if error <= tolerance else "  <-- too far"
        bad += error > tolerance
        print(f"{metric:22} {count:8d} {error:10.2e} {tolerance:9.0e} {kind} {where}{verdict}")
    return 1 if bad or not worst else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
