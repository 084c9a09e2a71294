"""A daemon thread that does one thing after another, with a bounded queue before it."""
import logging
import threading
import time
from collections import Counter, deque
from typing import Any, Callable, Deque, Dict, List, Optional

LOG = logging.getLogger("sounding")


class Worker:
    """Does tasks in their order; a task may ask to be tried again.

    When the queue is full, the task that has waited longest gives way to the new one. The thread
    is started by the first task.
    """

    def __init__(
        self,
        name: str,
        handle: Callable[[Any], Optional[float]],
        capacity: int,
        dropped: Callable[[Any], None],
    ):
        """
        :param handle: does a task; returns None, or the seconds after which to try it again. It
            must not raise, and asks :meth:`claim` before it counts what became of the task.
        :param capacity: tasks that may wait
        :param dropped: is told of every task that gives way
        """
        self._name = name
        self._handle = handle
        self._capacity = capacity
        self._dropped = dropped
        self.reset()

    def reset(self) -> None:
        """Forgets everything; in a forked child, where the thread is gone and locks may be held."""
        self._changed = threading.Condition()
        self._waiting: Deque[Any] = deque()
        self._current: List[Any] = []
        self._claimed = False
        self._thread: Optional[threading.Thread] = None
        self._hurry = False
        self.stopped = threading.Event()

    def put(self, task: Any) -> None:
        """Adds a task; returns at once.

        :raises RuntimeError: no thread can be started; the task is not added
        """
        gives_way = []
        with self._changed:
            if self.stopped.is_set():
                gives_way.append(task)
            else:
                self.start()
                if len(self._waiting) >= self._capacity:
                    gives_way.append(self._waiting.popleft())
                self._waiting.append(task)
                self._changed.notify_all()
        for task in gives_way:
            self._dropped(task)

    def start(self) -> None:
        """Starts the thread, unless it runs; Python 3.12 starts none while the interpreter ends.

        :raises RuntimeError: no thread can be started
        """
        with self._changed:
            if self._thread is None and not self.stopped.is_set():
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                thread.start()
                self._thread = thread

    def claim(self) -> bool:
        """Whether the task in hand is still the handler's: False once stop() has given it up.

        If it is, stop() no longer gives it up.
        """
        with self._changed:
            self._claimed = bool(self._current)
            return self._claimed

    def pending(self) -> int:
        """Tasks that are not done."""
        with self._changed:
            return len(self._waiting) + len(self._current)

    def idle(self, deadline: float) -> bool:
        """Waits until nothing is left to do; a task that waits to be tried again is tried now.

        :param deadline: by time.monotonic()
        :returns: False if the deadline came first
        """
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            return self._changed.wait_for(
                lambda: not (self._waiting or self._current), max(0.0, deadline - time.monotonic())
            )

    def stop(self) -> List[Any]:
        """Ends the thread, which has 1 s for the task in hand; the tasks that are not done."""
        with self._changed:
            self.stopped.set()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(1.0)
        with self._changed:
            undone = ([] if self._claimed else self._current) + list(self._waiting)
            self._current = []
            self._waiting.clear()
        return undone

    def _run(self) -> None:
        changed, stopped = self._changed, self.stopped
        while True:
            with changed:
                changed.wait_for(lambda: self._waiting or stopped.is_set())
                if stopped.is_set():
                    return
                task = self._waiting.popleft()
                self._current = [task]
            pause = self._handle(task)
            while pause is not None:
                with changed:
                    changed.wait_for(lambda: self._hurry or stopped.is_set(), pause)
                    self._hurry = False
                if stopped.is_set():
                    return
                pause = self._handle(task)
            with changed:
                self._current, self._claimed = [], False
                changed.notify_all()


class RareWarnings:
    """Warnings of which each kind is logged at most once in a while; the others are counted."""

    def __init__(self, seconds: float = 60.0):
        self._seconds = seconds
        self.reset()

    def reset(self) -> None:
        """Begins anew, in a forked child."""
        self._lock = threading.RLock()  # a signal's handler may warn, too
        self._next: Dict[str, float] = {}
        self._untold: Counter = Counter()

    def warn(self, kind: str, sentence: str) -> None:
        """Logs the sentence, unless one of its kind was logged a short while ago."""
        now = time.monotonic()
        with self._lock:
            if now < self._next.get(kind, 0.0):
                self._untold[kind] += 1
                return
            untold = self._untold.pop(kind, 0)
            self._next[kind] = now + self._seconds
        more = f" ({untold} more of this kind since the last warning)" if untold else ""
        LOG.warning("%s%s", sentence, more)
