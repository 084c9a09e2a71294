#!/usr/bin/env python3
"""Prints the latest RankMe of every run, corpus, step and layer.

usage: read_metrics.py BOOTSTRAP [TOPICS]

BOOTSTRAP is Kafka's host:port, TOPICS the topics' prefix (sounding). Needs confluent_kafka.
"""
import sys

from sounding import read_metrics


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    latest = {}  # a later event of the same checkpoint and layer replaces the earlier one
    for event in read_metrics(*sys.argv[1:]):
        if event["status"] == "FINAL":
            checkpoint = event["step"], event["checkpointId"]
            latest[event["runId"], event["corpusId"], *checkpoint, event["layer"]] = event
    print("run\tcorpus\tstep\tlayer\tloss\tRankMe")
    for (run, corpus, step, _, layer), event in sorted(latest.items()):
        loss = "" if event["trainingLoss"] is None else f"{event['trainingLoss']:.6g}"
        print(f"{run}\t{corpus}\t{step}\t{layer}\t{loss}\t{event['rank']['rankMe']:.2f}")


if __name__ == "__main__":
    main()
