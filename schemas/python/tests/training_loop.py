"""A training loop on a string, for the tests in Java: it does what standard input says.

usage: training_loop.py BOOTSTRAP CLIENT [SETTINGS]

CLIENT is confluent_kafka or kafka, SETTINGS its settings in JSON. Each line of input is a command
and an argument in JSON; each line of output says how many records are published, dropped and
pending. The end of input ends the loop as the end of a training script would.
"""
import json
import os
import sys

from sounding import Publisher


def in_a_forked_child(publisher, keywords):
    """As the workers of a DataLoader live and end, but with a record of its own."""
    child = os.fork()
    if child == 0:
        publisher.score(**keywords)
        sys.exit(0)  # flushes, and lets go of everything, as the parent will
    status = os.waitpid(child, 0)[1]
    if status != 0:
        sys.exit(f"The forked child ended with {status}.")


def main():
    bootstrap, client, settings = (sys.argv[1:] + ["{}"])[:3]
    publisher = Publisher(
        "run ü~*", "dev", bootstrap, client=client, kafka_config=json.loads(settings),
        exit_seconds=2.0,
    )  # fmt: skip
    for line in sys.stdin:
        command, _, argument = line.partition(" ")
        argument = json.loads(argument)
        if command == "checkpoint":
            publisher.checkpoint(**argument)
        elif command == "score":
            publisher.score(**argument)
        elif command == "fork":
            in_a_forked_child(publisher, argument)
        elif command == "flush":
            publisher.flush(argument)
        print(publisher.published, publisher.dropped, publisher.pending, flush=True)


if __name__ == "__main__":
    main()
