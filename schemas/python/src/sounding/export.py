"""The graph that takes the weights of every checkpoint, exported once. Needs PyTorch."""
import contextlib
import copy
import importlib.util
import inspect
import io
import logging
import os
import warnings
from typing import Any, Callable, Iterator, List, Optional

from .files import write_whole
from .onnx import initialisers

Forward = Callable[[Any, Any], Any]

_LOG = logging.getLogger("sounding")

_OPSET = 14
_EXAMPLE = (2, 16000)  # utterances, samples: 1 s each at 16 kHz


def export_graph(
    model: Any,
    path: "str | os.PathLike[str]",
    example: Any = None,
    forward: Optional[Forward] = None,
) -> List[str]:
    """Exports the graph that takes the weights of every checkpoint of a model: once per run.

    A path that ends in .onnx becomes ONNX, whose initialisers are the weights and bear their names
    in the state_dict (models of up to 2 GB); another one becomes TorchScript, traced. The model is
    not touched: a copy on the CPU is exported, in evaluation mode and float32.

    :param model: a torch.nn.Module; its state_dict names the weights
    :param example: samples to trace with, float32 (batch, samples); None: two times 16,000
    :param forward: makes of (model, samples) what is to be evaluated: hidden states
        (batch, frames, d), stacked (layers, batch, frames, d), or a tuple of (batch, frames, d);
        None: what the model returns
    :returns: the names of the weights that the graph takes. Others of the state_dict, such as
        those of a pre-training head, are not in an ONNX graph.
    """
    target = os.fspath(path)
    traced = Traceable(model, example, forward)
    if not target.endswith(".onnx"):
        script = traced.script()
        write_whole(target, lambda temporary: _save_script(script, temporary))
        return list(script.state_dict())
    write_whole(target, traced.write_onnx)
    return initialisers(target)


class Traceable:
    """A copy of a model on the CPU that makes of samples what is to be evaluated."""

    def __init__(self, model: Any, example: Any = None, forward: Optional[Forward] = None):
        """As for :func:`export_graph`."""
        import torch

        if example is None:
            generator = torch.Generator().manual_seed(0)
            example = 0.1 * torch.randn(*_EXAMPLE, generator=generator)
        self._example = example.detach().to("cpu", torch.float32)
        copied = _with_parameters_only(_copy_on_cpu(model)).float().eval()

        class Exported(torch.nn.Module):
            def forward(self, samples: Any) -> Any:
                return copied(samples) if forward is None else forward(copied, samples)

        self._module = Exported()
        # the copy's own parts, so that their names are those of the model's state_dict
        for parts in ("_modules", "_parameters", "_buffers"):
            self._module.__dict__[parts] = copied.__dict__[parts]
        names = {name for name, _ in model.named_parameters()}  # without the buffers of before
        self._weights = [
            parameter
            for name, parameter in self._module.named_parameters()
            if name in names and parameter.is_floating_point()
        ]

    def script(self) -> Any:
        """The model as TorchScript, traced."""
        import torch

        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer warns of every size that it reads
            self._module.training = False
            _hidden_states(self._module(self._example), self._example.shape[0])
            return torch.jit.trace(self._module, self._example, check_trace=False)

    def write_onnx(self, path: str) -> None:
        """Writes the model as ONNX with an input ``samples`` and outputs ``hidden...``."""
        import torch

        if int(torch.__version__.split(".")[0]) >= 2 and importlib.util.find_spec("onnx") is None:
            raise ImportError("PyTorch 2 exports to ONNX with the package onnx: pip install onnx")
        modes: List[Callable[[], Any]] = [torch.no_grad]
        fused = (torch.nn.TransformerEncoderLayer, torch.nn.MultiheadAttention)
        if any(isinstance(part, fused) for part in self._module.modules()):
            modes.insert(0, self._plain_transformers)
        failures = []
        for mode in modes:
            try:
                with mode():
                    self._export_onnx(self._example, path)
                    self._warn_if_sized()
                return
            except Exception as failure:
                failures.append(failure)
        raise failures[0]

    def _warn_if_sized(self) -> None:
        try:
            longer = self._structure(_longer(self._example))
            structure = self._structure(self._example)
        except Exception as failure:  # that is no reason not to evaluate it on audio it takes
            _LOG.warning(
                "The model was exported, but takes no audio longer than its example (%s): longer "
                "utterances may fail.",
                failure,
            )
            return
        if structure != longer:
            _LOG.warning(
                "The ONNX graph has the size of its example in it, as the export of a longer one shows, "
                "and may fail on audio of other lengths. TorchScript may not: say torchscript=True to "
                "HandOver, or give export_graph the name of a .pt file."
            )

    @contextlib.contextmanager
    def _plain_transformers(self) -> Iterator[None]:
        """In evaluation mode without gradients torch.nn.TransformerEncoderLayer and
        MultiheadAttention run fused operators that ONNX does not have; where a weight wants a
        gradient they do not. Some other models cannot do with gradients.
        """
        import torch

        for weight in self._weights:
            weight.requires_grad_(True)
        try:
            with torch.enable_grad():
                yield
        finally:
            for weight in self._weights:
                weight.requires_grad_(False)

    def _structure(self, example: Any) -> bytes:
        """The graph without its weights."""
        graph = io.BytesIO()
        self._export_onnx(example, graph, export_params=False)
        return graph.getvalue()

    def _export_onnx(self, example: Any, file: Any, export_params: bool = True) -> None:
        import torch

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outputs = _hidden_states(self._module(example), example.shape[0])
            several = len(outputs) > 1
            names = [f"hidden{i}" if several else "hidden" for i in range(len(outputs))]
            axes = {"samples": {0: "batch", 1: "samples"}}
            for name, output in zip(names, outputs):
                axes[name] = {output.dim() - 3: "batch", output.dim() - 2: "frames"}
            # In evaluation mode the exporter merges initialisers of equal values, such as the ones
            # of fresh layer norms, and weights that come later would go to the wrong places. The
            # parts of the module stay in evaluation mode.
            self._module.training = True
            older = {}
            if "dynamo" in inspect.signature(torch.onnx.export).parameters:
                older["dynamo"] = False  # the exporter that traces is the one described here
            torch.onnx.export(
                self._module,
                (example,),
                file,
                export_params=export_params,
                input_names=["samples"],
                output_names=names,
                dynamic_axes=axes,
                opset_version=_OPSET,
                do_constant_folding=False,  # folding and fusing make initialisers of other names
                training=torch.onnx.TrainingMode.PRESERVE,
                **older,
            )


def _hidden_states(outputs: Any, batch: int) -> List[Any]:
    """The tensors that a model returned.

    :raises TypeError, ValueError: with a sentence, if they are not hidden states
    """
    import torch

    returned, outputs = outputs, _flat(outputs)
    if not all(map(torch.is_tensor, outputs)):
        keys = f" with {', '.join(map(str, returned))}" if isinstance(returned, dict) else ""
        raise TypeError(
            f"The model returns a {type(returned).__name__}{keys}, not tensors alone; say with "
            "forward= which hidden states of it are to be evaluated, (batch, frames, d) each"
        )
    dimensions = 4 if len(outputs) == 1 and outputs[0].dim() == 4 else 3
    shapes = [tuple(output.shape) for output in outputs]
    # beside the layers that are evaluated there may be lengths, a mask, or what was pooled
    if not any(len(shape) == dimensions and shape[-3] == batch for shape in shapes):
        raise ValueError(
            f"The model returns {', '.join(map(str, shapes))} for {batch} utterances; hidden states "
            "are (batch, frames, d), (layers, batch, frames, d), or a tuple of (batch, frames, d): "
            "say with forward= what is to be evaluated"
        )
    return outputs


def _flat(outputs: Any) -> List[Any]:
    """What is in tuples in tuples, as an LSTM's state is: engines count outputs like this."""
    if not isinstance(outputs, (tuple, list)):
        return [outputs]
    return [each for output in outputs for each in _flat(output)]


def _longer(example: Any) -> Any:
    """With half as many samples more, and one utterance more."""
    import torch

    longer = torch.cat([example, example[:, : (example.shape[1] + 1) // 2]], 1)
    return torch.cat([longer, longer[:1]])


def _copy_on_cpu(model: Any) -> Any:
    """A deep copy whose tensors lie on the CPU from the start."""
    import torch

    copies = {}
    for parameter in model.parameters():
        copies[id(parameter)] = torch.nn.Parameter(
            parameter.detach().to("cpu", copy=True), requires_grad=False
        )
    for module in model.modules():
        # buffers, and what hooks leave behind (weight norm does), which deepcopy would refuse
        for value in [*module._buffers.values(), *vars(module).values()]:
            if torch.is_tensor(value) and id(value) not in copies:
                copies[id(value)] = value.detach().to("cpu", copy=True)
    return copy.deepcopy(model, copies)


def _with_parameters_only(model: Any) -> Any:
    """Makes buffers that are weights (batch norm's) parameters: those of TorchScript are within the
    job's reach, and buffers are not.
    """
    import torch

    for module in model.modules():
        for name, buffer in list(module._buffers.items()):
            kept = buffer is not None and name not in module._non_persistent_buffers_set
            if kept and buffer.is_floating_point():
                del module._buffers[name]
                module._parameters[name] = torch.nn.Parameter(buffer, requires_grad=False)
    return model


def _save_script(script: Any, path: str) -> None:
    import torch

    torch.jit.save(script, path)
