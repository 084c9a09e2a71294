"""The publisher that a training loop holds."""
import atexit
import os
import threading
import time
import weakref
from collections import Counter
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

from . import contracts, records
from .checkpoints import Checkpoint, CheckpointRecords, default_id
from .clients import ClientChoice, factory
from .files import NotWhole, write_whole
from .ranks import distributed_rank
from .sender import Sender
from .worker import RareWarnings, Worker

Path = Union[str, "os.PathLike[str]"]

_NOT_WHOLE_TRIES = 10  # looks at a file that is still being written, one a second
_WRITES = 2  # copies of weights that may be held: one being written, one waiting

_publishers: "weakref.WeakSet[Publisher]" = weakref.WeakSet()


class Publisher:
    """Publishes checkpoints and scores of one training run, in the background.

    Its methods return within milliseconds and never raise: what cannot be published is
    logged (logger ``sounding``, each kind of warning at most once a minute) and counted. Files are
    hashed, and the records of either topic sent, by three daemon threads: a topic that is missing
    or forbidden does not hold up the other. While Kafka is out of reach, up to ``capacity``
    checkpoints and as many scores wait and are tried again, after pauses of 0.5 s that grow to
    30 s; when there are more, the oldest is dropped. At the end of the interpreter what waits gets
    ``exit_seconds``; then it is dropped. A process that is killed loses what waits.

    In distributed training only rank 0 publishes; elsewhere the methods do nothing. After a fork
    the child begins with nothing waiting: what waited is the parent's. In a child that
    multiprocessing made, call close() (or use ``with``): it ends without the interpreter's exit.

        with Publisher(run="bestrq-a", corpus="dev", bootstrap="kafka:9092") as publisher:
            ...
            publisher.checkpoint(step, "runs/a/step400.pt", loss=loss)
    """

    def __init__(
        self,
        run: str,
        corpus: str,
        bootstrap: str,
        topics: str = "sounding",
        kafka_config: Optional[Dict[str, Any]] = None,
        *,
        client: ClientChoice = None,
        rank: Optional[int] = None,
        capacity: int = 1000,
        exit_seconds: float = 10.0,
        uri_of: Optional[Callable[[str], str]] = None,
    ):
        """
        :param run: the training run, 1 to 200 characters
        :param corpus: the corpus to evaluate on; it may be published later
        :param bootstrap: Kafka's host:port, comma-separated
        :param topics: prefix of the topics: records go to TOPICS.checkpoints and TOPICS.scores
        :param kafka_config: settings of the Kafka client in the client's own names, such as TLS
        :param client: "confluent_kafka" or "kafka"; None: the one that is installed
        :param rank: rank of this process; None: what torch.distributed says, or the environment
            (RANK, else LOCAL_RANK), else 0
        :param capacity: checkpoints that may wait, and scores
        :param exit_seconds: how long close() and the interpreter's exit wait for Kafka
        :param uri_of: makes of a local path the URI at which the job finds it; None: file:PATH
        :raises ValueError, ImportError: with a sentence, for ids that cannot be, or no Kafka client
        """
        self._arguments = dict(
            run=run, corpus=corpus, bootstrap=bootstrap, topics=topics, kafka_config=kafka_config,
            client=client, rank=rank, capacity=capacity, exit_seconds=exit_seconds, uri_of=uri_of,
        )  # fmt: skip
        records.check_id("run", run)
        records.check_id("corpus", corpus)
        self._run, self._corpus, self._topics = run, corpus, topics
        self._bootstrap, self._settings = bootstrap, dict(kafka_config or {})
        self._choice, self._rank, self._exit_seconds = client, rank, exit_seconds
        if self.publishes:
            # what is missing is better told here than in the background
            factory(client)
            contracts.latest("CheckpointEvent")
        self._records = CheckpointRecords(topics + ".checkpoints", uri_of)
        self._warnings = RareWarnings()
        self._files = Worker("sounding-files", self._prepare, capacity, self._dropped_checkpoint)
        self._checkpoints = self._sender("sounding-checkpoints", capacity)
        self._scores = self._sender("sounding-scores", capacity)
        self._begin()
        _publishers.add(self)
        atexit.register(self.close)

    def _sender(self, name: str, capacity: int) -> Sender:
        return Sender(
            name,
            self._bootstrap,
            lambda: factory(self._choice)(self._bootstrap, self._settings),
            capacity,
            self._warnings,
            lambda: self._count("published", 1),
            self._drop,
        )

    def _begin(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may publish, too
        self._counts: Counter = Counter()
        self._writes = 0
        self._steps: Dict[Tuple[str, int], int] = {}  # by id and attempt

    @property
    def publishes(self) -> bool:
        """Whether this process publishes: it is of rank 0, or not one of several."""
        return (distributed_rank() if self._rank is None else self._rank) == 0

    @property
    def published(self) -> int:
        """Records that Kafka has."""
        return self._counts["published"]

    @property
    def dropped(self) -> int:
        """Checkpoints and scores that were given up."""
        return self._counts["dropped"]

    @property
    def pending(self) -> int:
        """Checkpoints and scores that are on their way."""
        return self._files.pending() + self._checkpoints.pending() + self._scores.pending()

    def checkpoint(
        self,
        step: int,
        path: Path,
        loss: Optional[float] = None,
        *,
        graph: Optional[Path] = None,
        layers: Optional[Sequence[int]] = None,
        sample_rate: int = 16000,
        normalise: bool = False,
        tags: Optional[Dict[str, Any]] = None,
        checkpoint_id: Optional[str] = None,
        uri: Optional[str] = None,
        write: Optional[Callable[[str], None]] = None,
        attempt: int = 0,
    ) -> None:
        """Publishes a checkpoint file, which must stay where it is until it was evaluated.

        Call it when the file is complete: closed, or renamed to its name. A file that changes
        while it is hashed, or whose format says that its end is missing, is looked at again for
        10 s and then dropped.

        :param step: optimiser updates, >= 0
        :param path: TorchScript, ONNX (.onnx), or with ``graph`` weights (.safetensors)
        :param loss: training loss at this step; None: not known
        :param graph: the graph, exported once, that takes the weights: a path, or a URI with ://,
            which is published without a SHA-256
        :param layers: outputs to evaluate, negative ones from the end; None: all
        :param sample_rate: sample rate that the model expects, Hz
        :param normalise: zero mean, unit variance of each utterance before it enters the model
        :param tags: free key-value pairs
        :param checkpoint_id: unique within the run; None: the file's name, or with its folder's if
            only that names the step (checkpoint-500/model.safetensors)
        :param uri: where the job finds the file; None: see ``uri_of``
        :param write: called in the background with a temporary path to write the file to; the file
            is then renamed to ``path``. At most 2 such writes wait; a further one is dropped.
        :param attempt: raise it to have a checkpoint that was published before evaluated again,
            such as one that a resumed run wrote again with other weights: with the same attempt it
            is a conflict, and the job rejects it
        """
        self._safely(
            "checkpoint", self._take_checkpoint, step, path, loss, graph, layers,
            sample_rate, normalise, tags, checkpoint_id, uri, write, attempt,
        )  # fmt: skip

    def takes_write(self) -> bool:
        """Whether checkpoint() would take a ``write`` now; asked before weights are copied for it."""
        with self._lock:
            return self._writes < _WRITES

    def score(self, step: int, task: str, value: float) -> None:
        """Publishes what the checkpoint of a step achieved on a task, such as asr-wer.

        A later score of the same step and task replaces it.
        """
        self._safely("score", self._take_score, step, task, value)

    def give_up(self, sentence: str) -> None:
        """Counts a checkpoint as dropped that whoever hands checkpoints over could not make."""
        self._drop("given up", sentence)

    def flush(self, timeout: float = 30.0) -> bool:
        """Waits until nothing is on its way, at most ``timeout`` seconds; whether that is so."""
        deadline = time.monotonic() + timeout
        self._scores.idle(0.0)  # what waits to be tried again is tried now, not after the others
        return all(each.idle(deadline) for each in (self._files, self._checkpoints, self._scores))

    def close(self, timeout: Optional[float] = None) -> None:
        """Flushes, for ``exit_seconds`` unless told otherwise, and drops what is left."""
        atexit.unregister(self.close)
        if not self._scores.stopped:
            self.flush(self._exit_seconds if timeout is None else timeout)
        left = self._files.stop() + self._checkpoints.stop() + self._scores.stop()
        if left:
            self._drop(
                "closed",
                f"{len(left)} checkpoints and scores had not reached Kafka at {self._bootstrap} "
                "when the publisher was closed",
                len(left),
            )

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __reduce__(self) -> Tuple[Any, ...]:
        """Copies, and what is pickled for another process, begin with nothing waiting."""
        return _rebuilt, (self._arguments,)

    def _safely(self, what: str, take: Callable[..., None], *arguments: Any) -> None:
        try:
            if self.publishes:
                take(*arguments)
        except Exception as failure:  # whatever it is, training goes on
            self._drop("invalid", f"A {what} of run {self._run} cannot be published: {failure}")

    def _take_checkpoint(
        self,
        step: Any,
        path: Path,
        loss: Any,
        graph: Optional[Path],
        layers: Optional[Sequence[int]],
        sample_rate: int,
        normalise: bool,
        tags: Optional[Dict[str, Any]],
        checkpoint_id: Optional[str],
        uri: Optional[str],
        write: Optional[Callable[[str], None]],
        attempt: int,
    ) -> None:
        if "://" in os.fspath(path):
            raise ValueError(
                f"{path} is a URI. Name the local file, which is read for its SHA-256, and say with "
                "uri= or uri_of= where the job finds it."
            )
        file = os.path.abspath(os.fspath(path))
        if write is None:
            file = _without_link(file)
        values = dict(
            run=self._run,
            corpus=self._corpus,
            checkpoint_id=default_id(file) if checkpoint_id is None else checkpoint_id,
            step=_whole(step),
            loss=_number(loss),
            layers=None if layers is None else _layers(layers),
            sample_rate=int(sample_rate),
            normalise=bool(normalise),
            attempt=int(attempt),
            tags={str(name): str(value) for name, value in (tags or {}).items()},
            published_at=int(time.time() * 1000),
        )
        checkpoint = Checkpoint(
            file, None if graph is None else os.fspath(graph), uri, values, write
        )
        checkpoint.check()
        if write is not None:
            with self._lock:
                if self._writes >= _WRITES:
                    raise ValueError(
                        f"{self._writes} checkpoints are still being written, so the one of step "
                        f"{step} is left out. Publish less often, or to a faster disk."
                    )
                self._writes += 1
        try:
            self._check_new(values["checkpoint_id"], values["attempt"], values["step"])
            self._checkpoints.start()  # here, not when the file is hashed: that may be at the exit
            self._files.put(checkpoint)
        except (RuntimeError, ValueError):
            self._written(checkpoint)
            raise

    def _check_new(self, checkpoint_id: str, attempt: int, step: int) -> None:
        """Refuses an id that stood for another step: the job would reject it where nobody looks."""
        with self._lock:
            before = self._steps.setdefault((checkpoint_id, attempt), step)
        if before != step:
            raise ValueError(
                f"{checkpoint_id} was published for step {before}, and the job takes each id once, "
                f"so step {step} would be rejected. Name files by their step, as step{step:08d}.pt; "
                "files must stay as they are until they were evaluated."
            )

    def _take_score(self, step: Any, task: str, value: Any) -> None:
        record = records.downstream_score(
            self._topics + ".scores",
            run=self._run,
            step=_whole(step),
            task=task,
            value=_number(value),
            published_at=int(time.time() * 1000),
        )
        self._scores.put(record)

    def _prepare(self, checkpoint: Checkpoint) -> Optional[float]:
        """Writes and hashes the files of a checkpoint, and hands its record on."""
        try:
            if checkpoint.write is not None:
                write_whole(checkpoint.path, checkpoint.write)
                self._written(checkpoint)
            record = self._records.of(checkpoint)
            if self._files.claim():
                self._checkpoints.put(record)
        except NotWhole as failure:
            checkpoint.looks += 1
            if checkpoint.looks < _NOT_WHOLE_TRIES:
                return 1.0
            self._give_up_checkpoint(checkpoint, f"{failure} It was given up.")
        except Exception as failure:  # whatever it is, the thread goes on
            self._give_up_checkpoint(checkpoint, str(failure))
        return None

    def _written(self, checkpoint: Checkpoint) -> None:
        if checkpoint.write is not None:
            checkpoint.write = None  # the weights it holds are free from here on
            with self._lock:
                self._writes -= 1

    def _give_up_checkpoint(self, checkpoint: Checkpoint, reason: str) -> None:
        if self._files.claim():  # else close() has counted it
            self._drop_checkpoint(checkpoint, reason)

    def _dropped_checkpoint(self, checkpoint: Checkpoint) -> None:
        closed = self._files.stopped.is_set()
        self._drop_checkpoint(
            checkpoint,
            "the publisher is closed."
            if closed
            else "too many checkpoints wait; the oldest gives way.",
        )

    def _drop_checkpoint(self, checkpoint: Checkpoint, reason: str) -> None:
        self._written(checkpoint)
        name, step = checkpoint.values["checkpoint_id"], checkpoint.values["step"]
        with self._lock:  # the job never hears of it: its id is free
            self._steps.pop((name, checkpoint.values["attempt"]), None)
        self._drop("file", f"The checkpoint {name} (step {step}) is not published: {reason}")

    def _drop(self, kind: str, sentence: str, count: int = 1) -> None:
        self._count("dropped", count)
        self._warnings.warn(kind, f"{sentence} ({self.dropped} dropped so far)")

    def _count(self, what: str, count: int) -> None:
        with self._lock:
            self._counts[what] += count

    def _after_fork(self) -> None:
        self._warnings.reset()
        self._files.reset()
        self._checkpoints.reset()
        self._scores.reset()
        self._begin()


def _whole(step: Any) -> int:
    number = int(step)
    if not isinstance(step, str) and number != step:
        raise ValueError(f"The step is {step}; it must be a whole number.")
    return number


def _number(value: Any) -> Optional[float]:
    """A number, or a tensor of one: PyTorch warns of those that want a gradient."""
    return None if value is None else float(value.detach() if hasattr(value, "detach") else value)


def _layers(layers: Any) -> List[int]:
    try:
        return [int(layer) for layer in layers]
    except TypeError:
        raise ValueError(f"The layers are {layers!r}; give a list, such as [-1].") from None


def _without_link(path: str) -> str:
    """What a link such as latest.onnx leads to: it may lead elsewhere when the job comes to it. Links
    among the folders stay: the job may know their names, and not where they lead.
    """
    if not os.path.islink(path):
        return path
    target = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    real = os.path.realpath(path)
    if os.path.islink(target) or os.path.realpath(target) != real:
        target = real  # a link to a link, or .. behind a folder that is one
    return target if os.path.splitext(target)[1] == os.path.splitext(path)[1] else path


def _rebuilt(arguments: Dict[str, Any]) -> Publisher:
    return Publisher(**arguments)


def _after_fork_in_child() -> None:
    for publisher in list(_publishers):
        publisher._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
