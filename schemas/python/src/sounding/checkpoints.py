"""Checkpoint files on their way to records: hashed, checked, named as the job will find them."""
import os
import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Tuple

from . import records
from .files import is_torchscript, sha256_of_whole
from .records import Artifact, Record

_STEP = re.compile("steps?[-_=]?[0-9]+", re.IGNORECASE)
_STEP_FOLDER = re.compile(
    ".*(checkpoint|ckpt|chkpt|steps?|iter|iteration)[-_=+]?[0-9]+", re.IGNORECASE
)


@dataclass
class Checkpoint:
    """A checkpoint that is to be published.

    :param graph: the graph that takes the weights; None: the file is a model
    :param uri: where the job finds the file; None: as other files
    :param values: what else the record says
    :param write: writes the file to a temporary path; None: it is there
    :param looks: how often the file was found not to be whole
    """

    path: str
    graph: Optional[str]
    uri: Optional[str]
    values: Dict[str, Any]
    write: Optional[Callable[[str], None]]
    looks: int = 0

    def check(self) -> None:
        """Refuses weights without a graph, and a graph without weights.

        :raises ValueError: with a sentence
        """
        weights = self.path.endswith(".safetensors")
        if weights and self.graph is None:
            raise ValueError(
                f"{self.path} holds weights only. Name the graph that takes them: graph="
            )
        if not weights and self.graph is not None:
            raise ValueError(
                f"{self.path} does not end in .safetensors, so graph= does not go with it."
            )


class CheckpointRecords:
    """Makes records of checkpoints; a graph is hashed once while it stays as it is."""

    def __init__(self, topic: str, uri_of: Optional[Callable[[str], str]]):
        """
        :param uri_of: makes of a local path the URI at which the job finds it; None: file:PATH
        """
        self._topic = topic
        # Flink's file systems do not decode percent signs, so there are none to encode
        self._uri_of = uri_of or "file:{}".format
        self._graphs: Dict[Tuple[str, int, int], str] = {}

    def of(self, checkpoint: Checkpoint) -> Record:
        """The record, with the SHA-256 of its files.

        :raises NotWhole: a file is still being written
        :raises OSError, ValueError: a file cannot be read, or is nothing that the job can run
        """
        path = checkpoint.path
        file = Artifact(checkpoint.uri or self._uri_of(path), sha256_of_whole(path))
        model, model_path, weights = file, path, None
        if checkpoint.graph is not None:
            model, model_path, weights = self._graph(checkpoint.graph), checkpoint.graph, file
        onnx = model_path.lower().endswith(".onnx")
        if "://" not in model_path and not onnx and not is_torchscript(model_path):
            raise ValueError(
                f"{model_path} is neither ONNX (.onnx) nor TorchScript, so the job cannot run it. "
                "Write a state_dict with save_safetensors and name its graph."
            )
        return records.checkpoint_event(
            self._topic,
            model=model,
            model_format="ONNX" if onnx else "TORCHSCRIPT",
            weights=weights,
            **checkpoint.values,
        )

    def _graph(self, graph: str) -> Artifact:
        if "://" in graph:
            return Artifact(graph, None)
        path = os.path.abspath(graph)
        status = os.stat(path)
        identity = (path, status.st_size, status.st_mtime_ns)
        if identity not in self._graphs:
            self._graphs[identity] = sha256_of_whole(path)
        return Artifact(self._uri_of(path), self._graphs[identity])


def default_id(path: str) -> str:
    """The file's name; with its folder's before it if that names the step: step-400/model.pt.

    It is the id under which the commands that publish folders know the file.
    """
    folder, name = os.path.split(path)
    folder = os.path.basename(folder)
    if not _STEP.search(name) and _STEP_FOLDER.fullmatch(folder):
        return f"{folder}/{name}"
    return name
