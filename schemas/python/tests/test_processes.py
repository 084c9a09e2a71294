"""Ranks, forks, copies, and the end of the interpreter."""
import multiprocessing
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import unittest

from ledger import LIMIT, Ledger, PublisherTest
from sounding import Publisher, avro


class Processes(PublisherTest):
    def test_only_rank_0_publishes(self):
        for rank in (1, 2):
            publisher = self.publisher(rank=rank)
            publisher.score(1, "t", 1.0)
            publisher.checkpoint(-1, None)
            self.assertEqual((0, 0), (publisher.dropped, publisher.pending))
        for variables, expected in (
            ({"RANK": "0", "LOCAL_RANK": "1"}, True),
            ({"RANK": "4", "LOCAL_RANK": "0"}, False),
            ({"LOCAL_RANK": "1"}, False),
            ({}, True),
        ):
            with self.subTest(variables), environment(variables):
                self.assertEqual(expected, self.publisher().publishes)

    def test_a_forked_child_begins_anew_and_the_parent_goes_on(self):
        ledger = Ledger(is_open=False)
        publisher = self.publisher(ledger)
        publisher.score(0, "t", 1.0)
        self.assertTrue(ledger.attempted.wait(LIMIT))
        reading, writing = multiprocessing.get_context("fork").Pipe(duplex=False)

        def child():
            inherited = publisher.pending
            ledger.open.set()
            publisher.score(1, "t", 1.0)
            writing.send((inherited, publisher.flush(LIMIT), [e["step"] for e in ledger.events()]))

        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        self.assertTrue(reading.poll(LIMIT))
        self.assertEqual((0, True, [1]), reading.recv())
        process.join(LIMIT)
        self.assertEqual(0, process.exitcode)
        self.assertEqual(1, publisher.pending)
        ledger.open.set()
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([0], [event["step"] for event in ledger.events()])

    def test_a_pickled_publisher_begins_anew(self):
        publisher = Publisher("r", "dev", "nowhere:9092", client=None, rank=1, topics="x")
        copied = pickle.loads(pickle.dumps(publisher))
        self.addCleanup(copied.close)
        publisher.close()
        copied.score(1, "t", 1.0)
        self.assertFalse(copied.publishes)

    def test_the_end_of_the_interpreter_waits_for_what_is_left(self):
        ended = self.run_python(
            "import threading\n"
            "class Slow(Ledger):\n"
            "    def send(self, *record):\n"
            "        threading.main_thread().join()\n"  # the program has come to its end
            "        super().send(*record)\n"
            "        print('sent', flush=True)\n"
            "p = Publisher('r', 'dev', 'nowhere:9092', client=Slow())\n"
            "p.score(1, 't', 1.0)\n"
            "p.score(2, 't', 1.0)\n"
        )
        self.assertEqual(("sent\nsent\n", ""), (ended.stdout, ended.stderr))

    def test_a_checkpoint_that_is_written_at_the_end_of_the_interpreter_is_sent(self):
        ended = self.run_python(  # Python 3.12 starts no thread any more by then
            "import pathlib, threading\n"
            "from ledger import ONNX\n"
            "def write(path):\n"
            "    threading.main_thread().join()\n"
            "    pathlib.Path(path).write_bytes(ONNX)\n"
            "class Told(Ledger):\n"
            "    def send(self, *record):\n"
            "        print('sent', flush=True)\n"
            "p = Publisher('r', 'dev', 'nowhere:9092', client=Told())\n"
            f"p.checkpoint(1, {str(self.folder / '1.onnx')!r}, write=write)\n"
        )
        self.assertEqual(("sent\n", ""), (ended.stdout, ended.stderr))

    def test_a_package_without_its_schemas_is_told_at_once(self):
        source = pathlib.Path(avro.__file__).parent
        shutil.copytree(
            source, self.folder / "sounding", ignore=shutil.ignore_patterns("released")
        )
        ended = self.run_python(
            "Publisher('r', 'dev', 'nowhere:9092', client=Ledger())\n", package=self.folder
        )
        self.assertIn("ImportError: The package sounding was installed without", ended.stderr)

    def test_reading_metrics_without_a_client_says_which_one_to_install(self):
        ended = self.run_python(
            "import sys\n"
            "from sounding import read_metrics\n"
            "sys.modules['confluent_kafka'] = None  # as where it is not installed\n"
            "next(read_metrics('nowhere:9092'))\n"
        )
        self.assertIn("ImportError: Metric events are read with confluent_kafka", ended.stderr)

    def test_the_end_of_the_interpreter_does_not_wait_for_ever(self):
        ended = self.run_python(
            "p = Publisher('r', 'dev', 'nowhere:9092', client=Ledger(False), exit_seconds=0.1)\n"
            "p.score(1, 't', 1.0)\n"
        )
        self.assertEqual(0, ended.returncode)
        self.assertIn(
            "1 checkpoints and scores had not reached Kafka at nowhere:9092", ended.stderr
        )
        self.assertNotIn("Traceback", ended.stderr)

    def run_python(self, code, package=pathlib.Path(avro.__file__).parents[1]):
        paths = [str(package), os.path.dirname(__file__)]
        imports = "from ledger import Ledger\nfrom sounding import Publisher\n"
        return subprocess.run(
            [sys.executable, "-c", imports + code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )


class environment:
    """Sets these variables of distributed training, and no others, for a while."""

    def __init__(self, variables):
        self._variables = variables

    def __enter__(self):
        self._before = dict(os.environ)
        for name in ("RANK", "LOCAL_RANK"):
            os.environ.pop(name, None)
        os.environ.update(self._variables)

    def __exit__(self, *_):
        os.environ.clear()
        os.environ.update(self._before)


if __name__ == "__main__":
    unittest.main()
