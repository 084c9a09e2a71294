"""Hands the weights of a model over as it is being trained, with a graph that is exported once."""
import os
import pickle
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import archives, safetensors
from .export import Forward, Traceable
from .files import link_whole, sha256_of_whole, write_whole
from .onnx import initialisers
from .publisher import Publisher
from .weights import copied_to_cpu, selected

_WEIGHTS = ".safetensors"


class HandOver:
    """Writes and publishes checkpoints of a model as it is being trained.

    What training waits for: the export of the graph at the first checkpoint (seconds), and a copy
    of the weights to the CPU at each. Files are written and published in the background; nothing is
    raised. The weights must be whole in this process, as they are with DistributedDataParallel;
    sharded ones (FSDP, ZeRO-3) are not supported.
    """

    def __init__(
        self,
        publisher: Publisher,
        directory: "str | os.PathLike[str]",
        *,
        example: Any = None,
        forward: Optional[Forward] = None,
        graph: "None | str | os.PathLike[str]" = None,
        torchscript: bool = False,
        attempt: int = 0,
        **event: Any,
    ):
        """
        :param directory: where files are written; they stay there, since the job reads them later
        :param example, forward: see :func:`sounding.export_graph`
        :param graph: a graph that was exported before; None: it is exported at the first
            checkpoint, to DIRECTORY/graph-DIGEST.onnx
        :param torchscript: whether each checkpoint becomes a TorchScript file of its own instead
        :param attempt: raise it for a run that is resumed and comes to steps again that were handed
            over before: their files get the name step00000400-ATTEMPT.safetensors, so that those of
            the former attempt stay, and the checkpoints are evaluated again under their old ids
        :param event: layers, sample_rate, normalise, tags of :meth:`Publisher.checkpoint`
        """
        self.publisher = publisher
        self._directory = os.path.abspath(os.fspath(directory))
        self._example, self._forward, self._torchscript = example, forward, torchscript
        self._graph = None if graph is None else os.fspath(graph)
        self._attempt, self._event = int(attempt), event
        self._names: Optional[List[str]] = None
        self._script: Any = None
        self._ready = False
        self._unusable: Optional[str] = None  # why nothing can be handed over
        self._last_step = -1

    def model(self, step: int, model: Any, loss: Any = None) -> None:
        """Hands over the weights that a model has now.

        :param step: optimiser updates; the step that was handed over last is not again
        :param model: a torch.nn.Module, wrapped for distributed training or not, or what gives it
        :param loss: training loss, a number or a tensor of one; None: not known
        """
        self._safely(step, model, lambda bare: self._give_weights(step, bare, loss))

    def file(self, step: int, path: "str | os.PathLike[str]", model: Any, loss: Any = None) -> None:
        """Hands over weights that are in a file: .safetensors, or what torch.save wrote.

        A safetensors file that has just what the graph takes is linked into the directory, so that
        it outlives the trainer's copy. If there is more in it, such as a pre-training head, a copy
        without that is made in the background.

        :param model: the model of which the graph is exported, once; its own weights are taken if
            the file lacks some that the graph takes
        """
        self._safely(step, model, lambda bare: self._give_file(step, os.fspath(path), bare, loss))

    def quietly(self, act: Callable[[], None]) -> None:
        """Does something for a trainer's callback; what it raises is logged and counted."""
        try:
            act()
        except Exception as failure:  # whatever it is, training goes on
            self.publisher.give_up(f"A checkpoint cannot be handed over: {failure}")

    def _safely(self, step: int, model: Any, hand_over: Callable[[Any], None]) -> None:
        try:
            number = int(step)  # a tensor or array may be counted on in place
            if number == self._last_step or not self.publisher.publishes:
                return
            self._last_step = number
            bare = _unwrapped(model if hasattr(model, "state_dict") else model())
            self._prepare_once(bare)
            hand_over(bare)
        except Exception as failure:  # whatever it is, training goes on
            self.publisher.give_up(f"The weights of step {step} cannot be handed over: {failure}.")

    def _prepare_once(self, model: Any) -> None:
        if self._ready:
            return
        if self._unusable is not None:
            raise ValueError(self._unusable)
        try:
            self._prepare(model)
        except OSError as failure:  # the disk may be well again by then
            raise OSError(f"{failure}. The graph is exported with the next ones") from failure
        except Exception as failure:
            self._unusable = (
                f"{failure}. Nothing more is handed over. "
                "A graph that was exported otherwise can be named with graph="
            )
            raise ValueError(self._unusable) from failure
        self._ready = True

    def _prepare(self, model: Any) -> None:
        if self._torchscript or self._graph is None:
            _check_whole(model)
        if self._torchscript:
            self._script = Traceable(model, self._example, self._forward).script()
            return
        if self._graph is None:
            draft = os.path.join(self._directory, f".graph.{os.getpid()}.onnx")
            write_whole(draft, Traceable(model, self._example, self._forward).write_onnx)
            # named by its content: a graph that earlier checkpoints name is never replaced
            digest = sha256_of_whole(draft)
            self._graph = os.path.join(self._directory, f"graph-{digest[:12]}.onnx")
            os.replace(draft, self._graph)
        if self._graph.endswith(".onnx") and "://" not in self._graph:
            self._names = initialisers(self._graph)

    def _give_weights(self, step: int, model: Any, loss: Any) -> None:
        _check_whole(model)
        if not self.publisher.takes_write():
            raise ValueError(
                "earlier ones are still being written; hand over less often, or to a faster disk"
            )
        weights = copied_to_cpu(selected(model.state_dict(), self._names))
        if self._torchscript:
            self._publish(step, ".pt", loss, lambda path: self._save_script(weights, path))
        else:
            self._publish(step, _WEIGHTS, loss, lambda path: safetensors.write(weights, path))

    def _give_file(self, step: int, source: str, model: Any, loss: Any) -> None:
        write: Optional[Callable[[str], Any]]
        if self._torchscript:
            self._give_weights(step, model, loss)
            return
        is_safetensors = source.endswith(_WEIGHTS)
        stored = (
            list(safetensors.read_header(source)[0]) if is_safetensors else archives.names(source)
        )
        wanted = stored if self._names is None else self._names
        if not set(wanted) <= set(stored):
            self._give_weights(step, model, loss)
            return
        if is_safetensors:
            linked = set(wanted) == set(stored) and self._link(source, step)
            write = None if linked else lambda path: safetensors.select(source, wanted, path)
        else:
            write = lambda path: safetensors.write(selected(_load(source), self._names), path)
        self._publish(step, _WEIGHTS, loss, write)

    def _link(self, source: str, step: int) -> bool:
        try:
            link_whole(source, self._path(step, _WEIGHTS))
        except OSError:  # another file system, or one without links
            return False
        return True

    def _publish(
        self, step: int, suffix: str, loss: Any, write: Optional[Callable[[str], Any]]
    ) -> None:
        self.publisher.checkpoint(
            step,
            self._path(step, suffix),
            loss,
            graph=None if self._torchscript else self._graph,
            write=write,
            attempt=self._attempt,
            checkpoint_id=f"{_name(step)}{suffix}",
            **self._event,
        )

    def _path(self, step: int, suffix: str) -> str:
        attempt = f"-{self._attempt}" if self._attempt else ""
        return os.path.join(self._directory, f"{_name(step)}{attempt}{suffix}")

    def _save_script(self, weights: Mapping[str, Any], path: str) -> None:
        import torch

        self._script.load_state_dict(weights)
        torch.jit.save(self._script, path)


def _name(step: int) -> str:
    return f"step{int(step):08d}"


def _unwrapped(model: Any) -> Any:
    """The model itself, out of DistributedDataParallel, DataParallel and torch.compile."""
    while True:
        if type(model).__name__ in ("DistributedDataParallel", "DataParallel"):
            model = model.module
        elif hasattr(model, "_orig_mod"):
            model = model._orig_mod
        else:
            return model


def _check_whole(model: Any) -> None:
    """Refuses sharded weights: to gather them all processes would have to take part, or hang."""
    sharded = any(type(m).__name__ == "FullyShardedDataParallel" for m in model.modules()) or any(
        hasattr(p, "ds_id") or any(t.__name__ == "DTensor" for t in type(p).__mro__)
        for p in model.parameters()
    )
    if sharded:
        raise ValueError(
            "its weights are sharded over processes (FSDP, ZeRO-3); hand over files with all of "
            "them, and a graph that was exported from the whole model"
        )


def _load(path: str) -> Dict[str, Any]:
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as failure:  # what is no tensor may be code: it is not run
        raise ValueError(f"{path} holds more than tensors; save the state_dict alone") from failure
