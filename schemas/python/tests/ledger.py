"""A Kafka client without Kafka, and what the tests of the publisher share."""
import logging
import pathlib
import tempfile
import threading
import time
import unittest

from sounding import Publisher, avro
from sounding.clients import NotSent

LIMIT = 60.0  # seconds; generous, for a condition that holds ends the waiting

# an empty graph (field 7 of a ModelProto), opset 14 (field 8)
ONNX = bytes([7 << 3 | 2, 0, 8 << 3 | 2, 2, 2 << 3, 14])
# one float32 tensor "w" of one element
_HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  '
SAFETENSORS = len(_HEADER).to_bytes(8, "little") + _HEADER + bytes(4)


def quiet():
    """Keeps expected warnings from standard error; assertLogs sees them all the same."""
    logger = logging.getLogger("sounding")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())


class Ledger:
    """Keeps what it is sent, while it is open; the publisher makes a client of it by calling it."""

    def __init__(self, is_open=True, closed_topics=()):
        self.closed_topics = set(closed_topics)
        self.records = []
        self.attempts = 0
        self.clients = 0
        self.open = threading.Event()
        self.attempted = threading.Event()
        if is_open:
            self.open.set()

    def __call__(self, bootstrap, settings):
        self.clients += 1
        return self

    def send(self, topic, key, value, give_up):
        self.attempts += 1
        self.attempted.set()
        if not self.open.is_set() or topic in self.closed_topics:
            raise NotSent("the ledger is closed")
        self.records.append((topic, key, value))

    def close(self):
        pass

    def events(self):
        """The records' values, decoded."""
        return [avro.decode(value)[1] for _, _, value in self.records]


class PublisherTest(unittest.TestCase):
    def setUp(self):
        quiet()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ledger = Ledger()

    def publisher(self, ledger=None, **more):
        publisher = Publisher("run a", "dev", "nowhere:9092", client=ledger or self.ledger, **more)
        self.addCleanup(publisher.close, 0.0)
        return publisher

    def counts(self, publisher):
        return publisher.published, publisher.dropped, publisher.pending

    def file(self, name, content=ONNX):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def wait(self, condition):
        deadline = time.monotonic() + LIMIT
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            threading.Event().wait(0.01)
