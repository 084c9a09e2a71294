"""Sends records to Kafka, those of a topic by a thread of their own."""
import ctypes
from typing import Any, Callable, List, Optional

from .clients import Refused
from .records import Record
from .worker import RareWarnings, Worker

_RETRY_SECONDS = (0.5, 30.0)  # the first pause after a failure, which doubles, and the longest


class Sender:
    """Sends the records of one topic in their order, and tries again what Kafka does not take.

    Each topic has a sender, so that one that is missing or forbidden does not hold up the others.
    """

    def __init__(
        self,
        name: str,
        bootstrap: str,
        connect: Callable[[], Any],
        capacity: int,
        warnings: RareWarnings,
        published: Callable[[], None],
        dropped: Callable[[str, str], None],
    ):
        """
        :param connect: makes a client
        :param capacity: records that may wait
        :param published: is told of every record that Kafka has
        :param dropped: is told of every record that is given up: a kind of warning and a sentence
        """
        self._name, self._bootstrap, self._connect = name, bootstrap, connect
        self._warnings, self._published, self._dropped = warnings, published, dropped
        self._worker = Worker(name, self._send, capacity, self._gives_way)
        self._client: Any = None
        self._failures = 0

    def reset(self) -> None:
        """Forgets everything, in a forked child."""
        if self._client is not None:
            # its threads are the parent's; to let go of it here could wait for them for ever
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._client))
        self._client = None
        self._failures = 0
        self._worker.reset()

    def start(self) -> None:
        """See :meth:`Worker.start`."""
        self._worker.start()

    def put(self, record: Record) -> None:
        """Adds a record; returns at once.

        :raises RuntimeError: no thread can be started; the record is not added
        """
        self._worker.put(record)

    def pending(self) -> int:
        """Records that Kafka does not have yet."""
        return self._worker.pending()

    def idle(self, deadline: float) -> bool:
        """See :meth:`Worker.idle`."""
        return self._worker.idle(deadline)

    @property
    def stopped(self) -> bool:
        """Whether stop() was called."""
        return self._worker.stopped.is_set()

    def stop(self) -> List[Record]:
        """Ends the thread and lets go of the client; the records that were not sent."""
        left = self._worker.stop()
        self._disconnect()
        return left

    def _send(self, record: Record) -> Optional[float]:
        try:
            if self._client is None:
                self._client = self._connect()
            self._client.send(record.topic, record.key, record.value, self._worker.stopped)
        except Refused as failure:
            if self._worker.claim():
                self._dropped("refused", f"Kafka does not take {record.words}: {failure}")
        except Exception as failure:  # whatever it is, the thread goes on
            self._disconnect()
            first, longest = _RETRY_SECONDS
            pause = min(longest, first * 2.0 ** min(self._failures, 16))
            self._failures += 1
            self._warnings.warn(
                self._name,
                f"Kafka at {self._bootstrap} did not take {record.words} into the topic "
                f"{record.topic} ({failure}); {self.pending()} records of it wait, the next try is "
                f"in {pause:.1f} s.",
            )
            return pause
        else:
            self._failures = 0
            if self._worker.claim():
                self._published()
        return None

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        try:
            if client is not None:
                client.close()
        except Exception as failure:  # nothing more is to be had of it
            self._warnings.warn("close", f"The Kafka client did not close: {failure}")

    def _gives_way(self, record: Record) -> None:
        if self.stopped:
            self._dropped("closed", f"The publisher is closed; {record.words} is not published.")
        else:
            self._dropped("full", f"Too many records wait for Kafka; {record.words} gives way.")
