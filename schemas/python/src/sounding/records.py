"""The records that a training loop publishes: their values, keys and bytes."""
import math
import re
from typing import Dict, List, NamedTuple, Optional
from urllib.parse import quote_plus

from . import avro

# Kafka takes records up to 1 MB by default; one that is refused must not hold up the others
_MAX_BYTES = 900_000
_MAX_URI = 4_096  # UTF-16 units
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Record(NamedTuple):
    """What goes to Kafka, and the words for it in a message."""

    topic: str
    key: bytes
    value: bytes
    words: str


class Artifact(NamedTuple):
    """A file that the job will fetch: its URI, and its SHA-256 in hexadecimal (None: unchecked)."""

    uri: str
    sha256: Optional[str]


def checkpoint_event(
    topic: str,
    *,
    run: str,
    checkpoint_id: str,
    step: int,
    corpus: str,
    model: Artifact,
    model_format: str,
    weights: Optional[Artifact],
    sample_rate: int,
    normalise: bool,
    layers: Optional[List[int]],
    loss: Optional[float],
    attempt: int,
    tags: Dict[str, str],
    published_at: int,
) -> Record:
    """A checkpoint event.

    :param step: optimiser updates, >= 0
    :param model_format: ONNX or TORCHSCRIPT
    :param sample_rate: what the model expects, Hz
    :param attempt: which evaluation of the checkpoint this asks for, >= 0
    :param published_at: ms since 1970-01-01 UTC
    :raises ValueError: with a sentence, if the job would refuse it
    """
    check_id("run", run)
    check_id("checkpoint_id", checkpoint_id)
    check_id("corpus", corpus)
    _check(step >= 0, f"The step is {step}; it must not be negative.")
    _check(
        layers is None or (bool(layers) and len(set(layers)) == len(layers)),
        f"The layers are {layers}; name at least one and each once, or None for all.",
    )
    _check(
        1_000 <= sample_rate <= 768_000,
        f"The sample rate is {sample_rate} Hz; it must lie in 1,000 to 768,000.",
    )
    _check(attempt >= 0, f"The attempt is {attempt}; it must not be negative.")
    for artifact in filter(None, (model, weights)):
        _check(
            bool(artifact.uri.strip()) and _units(artifact.uri) <= _MAX_URI,
            f"The URI is {artifact.uri[:250]!r}; give it 1 to {_MAX_URI} characters.",
        )
    value = avro.encode(
        "CheckpointEvent",
        {
            "runId": run,
            "checkpointId": checkpoint_id,
            "step": step,
            "corpusId": corpus,
            "modelUri": model.uri,
            "modelFormat": model_format,
            "modelSha256": model.sha256,
            "sampleRateHz": sample_rate,
            "inputNormalisation": "ZERO_MEAN_UNIT_VARIANCE" if normalise else "NONE",
            "layers": layers,
            "trainingLoss": loss,
            "attempt": attempt,
            "publishedAt": published_at,
            "tags": tags,
            "weightsUri": weights.uri if weights else None,
            "weightsSha256": weights.sha256 if weights else None,
        },
    )
    return _record(topic, key(run), value, f"the checkpoint {checkpoint_id} (step {step})")


def downstream_score(
    topic: str, *, run: str, step: int, task: str, value: float, published_at: int
) -> Record:
    """What the checkpoint of a step achieved on a task, in the task's unit.

    :param published_at: ms since 1970-01-01 UTC
    :raises ValueError: with a sentence, if the job would refuse it
    """
    check_id("run", run)
    check_id("task", task)
    _check(step >= 0, f"The step is {step}; it must not be negative.")
    _check(
        math.isfinite(value),
        f"The score of {task} at step {step} is {value}. Give a finite number, or nothing if there "
        "is none.",
    )
    data = avro.encode(
        "DownstreamScore",
        {"runId": run, "step": step, "task": task, "value": value, "publishedAt": published_at},
    )
    return _record(topic, key(run, str(step), task), data, f"the score of {task} at step {step}")


def key(*parts: str) -> bytes:
    """A record's key: the parts percent-encoded as java.net.URLEncoder does it, joined by '/'."""
    encoded = (quote_plus(part, safe="*").replace("~", "%7E") for part in parts)
    return "/".join(encoded).encode("ascii")


def check_id(field: str, text: str) -> None:
    """Refuses an id that is blank, longer than 200 UTF-16 units, or has control characters."""
    _check(
        bool(text.strip()) and _units(text) <= 200 and not _CONTROL.search(text),
        f"The {field} is {text[:250]!r}; give it 1 to 200 characters, without control characters.",
    )


def _units(text: str) -> int:
    """How many characters Java counts: code units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _record(topic: str, key_bytes: bytes, value: bytes, words: str) -> Record:
    _check(
        len(value) <= _MAX_BYTES,
        f"The record of {words} has {len(value)} bytes; at most {_MAX_BYTES} are sent. "
        "Give it fewer or shorter tags.",
    )
    return Record(topic, key_bytes, value, words)


def _check(valid: bool, sentence: str) -> None:
    if not valid:
        raise ValueError(sentence)
