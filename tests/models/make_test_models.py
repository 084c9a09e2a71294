#!/usr/bin/env python3
"""Makes the tiny models of the operators' tests, and what PyTorch computes with them.

Run from anywhere, with Debian's python3-torch (made with 1.13) and python3-onnx (1.12); the network
is not needed:

    /usr/bin/python3 tests/models/make_test_models.py

It writes operators/src/test/resources/models/: the models, and expected.json with the outputs of
the good ones on the two signals of signals() below, which the Java tests make with the same
integer arithmetic. And weights_*: graphs that were exported once, and the weights of checkpoints.
"""

import io
import json
import pathlib
import struct
import zipfile

import onnx
import torch
from onnx import numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "operators/src/test/resources/models"
HOP = 160
SAMPLES = 5 * HOP
REFUSED_SAMPLES = 7 * HOP


def signals(batch: int, samples: int) -> torch.Tensor:
    """Sample i of signal b is ((7919 i + 104729 b) mod 2001 - 1000) / 1000."""
    i = torch.arange(samples).unsqueeze(0)
    b = torch.arange(batch).unsqueeze(1)
    return ((7919 * i + 104729 * b) % 2001 - 1000).to(torch.float32) / 1000


class Encoder(torch.nn.Module):
    """Samples (B, n) to frames (B, n / HOP, d)."""

    def __init__(self, dimension: int):
        super().__init__()
        self.front = torch.nn.Conv1d(1, dimension, HOP, stride=HOP)
        self.up = torch.nn.Linear(dimension, dimension)

    def forward(self, samples):
        return torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)


class OneTensor(Encoder):
    def forward(self, samples):
        return self.up(torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2))


class Tuple(Encoder):
    """A tuple of three layers (B, frames, d)."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        second = torch.tanh(self.up(first))
        return first, second, self.up(second)


class Stacked(Encoder):
    """The three layers of Tuple as one tensor (3, B, frames, d)."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        second = torch.tanh(self.up(first))
        return torch.stack([first, second, self.up(second)])


class OtherDimensions(Encoder):
    """A tuple of layers of dimensions d, d - 2 and d."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        return first, first[:, :, 2:], self.up(first)


class RankOne(Encoder):
    """The mean of everything, (d)."""

    def forward(self, samples):
        return torch.tanh(self.front(samples.unsqueeze(1))).mean(2).mean(0)


class NotANumber(Encoder):
    """The logarithm of what is partly negative."""

    def forward(self, samples):
        return torch.log(torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2))


class Infinite(Encoder):
    """A tuple of two layers; frame 3 of the second is infinite."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        second = self.up(first)
        second[:, 3] = second[:, 3] / 0.0
        return first, second


class NoFrames(Encoder):
    """No frame, however long the signal is."""

    def forward(self, samples):
        return torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)[:, :0]


class Enormous(Encoder):
    """2 ** 28 frames, which take memory only when they are copied."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)[:, :1]
        return first.expand(-1, 1 << 28, -1)


class Text(Encoder):
    """A word instead of frames."""

    def forward(self, samples):
        return "frames"


class Complex(Encoder):
    """Frames with imaginary parts."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        return torch.complex(first, first)


class Labels(Encoder):
    """Whole numbers, as of a quantiser, instead of hidden states."""

    def forward(self, samples):
        return torch.round(self.front(samples.unsqueeze(1))).transpose(1, 2).to(torch.int64)


class Dictionary(Tuple):
    """The three layers of Tuple by their names."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        second = torch.tanh(self.up(first))
        return {"layer_0": first, "layer_1": second, "layer_2": self.up(second)}


class WithDropout(Encoder):
    """Half of what the frames hold is left out, while it is being trained."""

    def forward(self, samples):
        frames = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        return torch.nn.functional.dropout(frames, 0.5, self.training)


class WithLengths(OneTensor):
    """Hidden states, and beside them how many frames each utterance has."""

    def forward(self, samples):
        frames = self.up(torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2))
        return frames, torch.full((frames.shape[0],), frames.shape[1], dtype=torch.int64)


class DimensionFirst(Encoder):
    """Hidden states as convolutions leave them, (B, d, frames)."""

    def forward(self, samples):
        return torch.tanh(self.front(samples.unsqueeze(1)))


class FramesFirst(Encoder):
    """Two layers stacked behind their frames, (frames, B, 2, d)."""

    def forward(self, samples):
        first = torch.tanh(self.front(samples.unsqueeze(1))).permute(2, 0, 1)
        return torch.stack([first, self.up(first)], 2)


class Padded(Encoder):
    """Ten frames, however long the signal is."""

    def forward(self, samples):
        frames = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        return torch.nn.functional.pad(frames, [0, 0, 0, 10 - frames.size(1)])


class WithNone(OneTensor):
    """Hidden states, and None for the lengths that nobody gave, as fairseq's models return it."""

    def forward(self, samples):
        return self.up(torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)), None


class Busy(Encoder):
    """Counts to 100,000 once for every 1 / 32768 of the first sample's magnitude."""

    def forward(self, samples):
        rounds = int(samples[0, 0].abs().item() * 32768)
        counted = 0
        while counted < rounds * 100000:
            counted += 1
        frames = torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)
        return frames + float(counted - rounds * 100000)


class RefusesOneLength(Encoder):
    """Throws on signals of REFUSED_SAMPLES samples."""

    def forward(self, samples):
        if samples.size(1) == 1120:
            raise RuntimeError("this length is refused")
        return torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2)


class FitsTwo(Encoder):
    """Asks for 1 PiB of memory, more than an address space holds, for each third window."""

    def forward(self, samples):
        scratch = torch.zeros([samples.size(0) // 3 * (1 << 48) + 1])
        return torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2) + scratch[0]


class FitsNone(Encoder):
    """Asks for 1 PiB of memory for each window."""

    def forward(self, samples):
        scratch = torch.zeros([samples.size(0) * (1 << 48) + 1])
        return torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2) + scratch[0]


class WantsChannels(Encoder):
    """Takes (B, 1, n) instead of (B, n)."""

    def forward(self, samples):
        batch, channels, length = samples.shape
        return torch.tanh(self.front(samples)).transpose(1, 2)


class Unheard(torch.autograd.Function):
    """An operator that no runtime has."""

    @staticmethod
    def symbolic(graph, samples):
        return graph.op("sounding.test::Unheard", samples)

    @staticmethod
    def forward(context, samples):
        return samples


class UnsupportedOperator(Encoder):
    def forward(self, samples):
        return Unheard.apply(torch.tanh(self.front(samples.unsqueeze(1))).transpose(1, 2))


class Trained(torch.nn.Module):
    """Two layers stacked, (2, B, frames, 8); with what the names of real encoders hold: running
    statistics, a weight in two parts, a parameter that training alone uses."""

    def __init__(self):
        super().__init__()
        self.front = torch.nn.Conv1d(1, 8, HOP, stride=HOP)
        self.batch = torch.nn.BatchNorm1d(8)
        self.position = torch.nn.utils.weight_norm(torch.nn.Conv1d(8, 8, 3, padding=1))
        self.norm = torch.nn.LayerNorm(8)
        self.up = torch.nn.Linear(8, 8)
        self.mask = torch.nn.Parameter(torch.zeros(8))

    def forward(self, samples):
        first = torch.tanh(self.batch(self.front(samples.unsqueeze(1))))
        first = self.norm((first + self.position(first)).transpose(1, 2))
        weight, bias = self.up.weight.float(), self.up.bias.float()
        return torch.stack([first, torch.nn.functional.linear(first, weight, bias)])


def trained(seed: int) -> Trained:
    """The model after so much training."""
    generator = torch.Generator().manual_seed(seed)
    model = Trained().eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5, generator=generator)
            elif tensor.is_floating_point():
                tensor.normal_(0, 0.3, generator=generator)
    return model


def export_onnx_graph(model, example, path, **arguments):
    """Exports the model once; the graph's initializers bear the names of its state_dict."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor))  # of equal tensors only one would be kept
    torch.onnx.export(
        model.eval(),
        example,
        path,
        do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        **arguments,
    )
    exported = onnx.load(path)
    known = {tensor.name for tensor in exported.graph.initializer}
    for name, tensor in model.state_dict().items():
        if name not in known:  # training alone uses it
            exported.graph.initializer.append(numpy_helper.from_array(tensor.numpy(), name))
    onnx.save(exported, path)


def export_torchscript_graph(model, example, path):
    """Exports the model once; what can be replaced in it are its parameters, so buffers become some."""
    for module in model.modules():
        for name, buffer in list(module._buffers.items()):
            kept = buffer is not None and name not in module._non_persistent_buffers_set
            if kept and buffer.is_floating_point():
                del module._buffers[name]
                module.register_parameter(name, torch.nn.Parameter(buffer, requires_grad=False))
    torch.jit.trace(model.eval(), example, check_trace=False).save(path)


def safetensors(state: dict, name: str, dtype: torch.dtype) -> dict:
    """Writes the state_dict, floating-point tensors as dtype; returns what was written."""
    types = {
        torch.float64: "F64",
        torch.float32: "F32",
        torch.float16: "F16",
        torch.bfloat16: "BF16",
        torch.int64: "I64",
    }
    written = {k: v.to(dtype) if v.is_floating_point() else v for k, v in state.items()}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key, tensor in sorted(written.items(), key=lambda item: -item[1].element_size()):
        # NumPy has no bfloat16
        raw = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
        begin = len(data)
        data += raw.numpy().tobytes()
        header[key] = {
            "dtype": types[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, len(data)],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    return written


def torchscript(model: torch.nn.Module, name: str) -> None:
    whole = io.BytesIO()
    torch.jit.save(torch.jit.script(model), whole)
    without_paths(whole, name)


def without_paths(whole, name: str) -> None:
    """Saves the archive without its *.debug_pkl, which would hold paths of this machine."""
    with zipfile.ZipFile(whole) as saved, zipfile.ZipFile(FOLDER / f"{name}.pt", "w") as kept:
        for entry in saved.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                kept.writestr(
                    zipfile.ZipInfo(name + entry.filename[entry.filename.index("/") :]),
                    saved.read(entry),
                )


def onnx_model(model: torch.nn.Module, name: str, outputs: list, batch_axis: int = 0) -> None:
    axes = {"samples": {0: "batch", 1: "samples"}}
    axes.update({output: {batch_axis: "batch", batch_axis + 1: "frames"} for output in outputs})
    torch.onnx.export(
        model,
        signals(2, SAMPLES),
        str(FOLDER / f"{name}.onnx"),
        opset_version=14,
        input_names=["samples"],
        output_names=outputs,
        dynamic_axes=axes,
        custom_opsets={"sounding.test": 1} if name == "unsupported_operator" else None,
    )


def traced(model: torch.nn.Module, name: str) -> None:
    whole = io.BytesIO()
    torch.jit.save(torch.jit.trace(model, signals(2, SAMPLES)), whole)
    without_paths(whole, name)


def traced_graph(model: torch.nn.Module, name: str) -> None:
    path = FOLDER / f"{name}.pt"
    export_torchscript_graph(model, signals(2, SAMPLES), str(path))
    without_paths(io.BytesIO(path.read_bytes()), name)


def weights() -> dict:
    """Graphs, checkpoints, and what PyTorch computes with these."""
    names = {
        "input_names": ["samples"],
        "output_names": ["layers"],
        "dynamic_axes": {"samples": {0: "batch", 1: "samples"}, "layers": {1: "batch", 2: "frames"}},
        "opset_version": 14,
    }
    example = signals(2, SAMPLES)
    export_onnx_graph(trained(1), example, str(FOLDER / "weights_graph.onnx"), **names)
    traced_graph(trained(1), "weights_graph")
    path = str(FOLDER / "weights_inputs_graph.onnx")
    export_onnx_graph(trained(1), example, path, keep_initializers_as_inputs=True, **names)

    # as models of more than 2 GB are saved, without the file that holds its weights
    graph = onnx.load(FOLDER / "weights_graph.onnx")
    path = FOLDER / "weights_external_graph.onnx"
    onnx.save(graph, str(path), save_as_external_data=True, location="weights_gone")
    (FOLDER / "weights_gone").unlink()

    for name, dtype in (("half", torch.float16), ("bfloat", torch.bfloat16)):
        narrow = trained(1)
        narrow.up.to(dtype)
        export_onnx_graph(narrow, example, str(FOLDER / f"weights_{name}_graph.onnx"), **names)
        traced_graph(narrow, f"weights_{name}_graph")

    transposed = trained(1)
    transposed.up.weight = torch.nn.Parameter(transposed.up.weight.t().contiguous().t())
    traced_graph(transposed, "weights_transposed_graph")

    # as they are exported by those who did not read how
    onnx_model(trained(1), "weights_folded", ["layers"], batch_axis=1)
    traced(trained(1), "weights_buffers")
    whole = io.BytesIO()
    torch.jit.save(torch.jit.freeze(torch.jit.trace(trained(1), example)), whole)
    without_paths(whole, "weights_frozen")

    expected = {}
    for name, seed in (("a", 2), ("b", 3)):
        model = trained(seed)
        onnx_model(model, f"weights_{name}", ["layers"], batch_axis=1)
        traced(model, f"weights_{name}")
        safetensors(model.state_dict(), f"weights_{name}", torch.float32)
        expected[f"weights_{name}"] = layers(model)
    for dtype, suffix in (
        (torch.float64, "f64"),
        (torch.float16, "f16"),
        (torch.bfloat16, "bf16"),
    ):
        model = trained(2)
        name = f"weights_a_{suffix}"
        model.load_state_dict(safetensors(model.state_dict(), name, dtype))
        expected[name] = layers(model)
    for name, dtype in (("half", torch.float16), ("bfloat", torch.bfloat16)):
        model = trained(2)
        model.up.to(dtype)
        expected[f"weights_{name}"] = layers(model)
    return expected


def layers(model: torch.nn.Module) -> list:
    with torch.no_grad():
        output = model(signals(2, SAMPLES))
    if isinstance(output, tuple):
        return [layer.tolist() for layer in output]
    return output.tolist() if output.dim() == 4 else [output.tolist()]


def main() -> None:
    torch._C._set_mkldnn_enabled(False)
    torch.manual_seed(20_100)
    FOLDER.mkdir(parents=True, exist_ok=True)

    one = OneTensor(8).eval()
    in_tuple = Tuple(8).eval()
    stacked = Stacked(8).eval()
    stacked.load_state_dict(in_tuple.state_dict())
    flat = Encoder(1).eval()

    torchscript(one, "one_tensor")
    torchscript(in_tuple, "tuple")
    torchscript(stacked, "stacked")
    torchscript(flat, "dimension_1")
    onnx_model(one, "one_tensor", ["frames"])
    onnx_model(in_tuple, "tuple", ["first", "second", "third"])
    onnx_model(stacked, "stacked", ["layers"], batch_axis=1)

    torchscript(RankOne(8).eval(), "rank_1")
    torchscript(NotANumber(8).eval(), "not_a_number")
    torchscript(RefusesOneLength(8).eval(), "refuses_one_length")
    torchscript(OtherDimensions(8).eval(), "other_dimensions")
    torchscript(WantsChannels(8).eval(), "wants_channels")
    onnx_model(UnsupportedOperator(8).eval(), "unsupported_operator", ["frames"])
    torchscript(Infinite(8).eval(), "infinite")
    torchscript(NoFrames(8).eval(), "no_frames")
    torchscript(Busy(8).eval(), "busy")
    torchscript(Enormous(8).eval(), "enormous")
    torchscript(Text(8).eval(), "text")
    torchscript(Complex(8).eval(), "complex")

    with zipfile.ZipFile(FOLDER / "no_torchscript.pt", "w") as archive:
        archive.writestr(zipfile.ZipInfo("letter.txt"), "This archive holds no model.\n")
    torch.save({"step": 400, "weight": torch.zeros(2)}, FOLDER / "torch_saved.pt")

    expected = {
        "torch": torch.__version__,
        "samples": SAMPLES,
        "one_tensor": layers(one),
        "tuple": layers(in_tuple),
        "stacked": layers(stacked),
        "dimension_1": layers(flat),
        **weights(),
    }
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
    short_of_memory()
    of_other_kinds()


def short_of_memory() -> None:
    two = FitsTwo(8).eval()
    torchscript(two, "fits_two")
    onnx_model(two, "fits_two", ["frames"])
    torchscript(FitsNone(8).eval(), "fits_none")


def of_other_kinds() -> None:
    torchscript(Labels(8).eval(), "labels")
    torchscript(Dictionary(8).eval(), "dictionary")
    traced(WithDropout(8).train(), "dropout_on")
    torch.onnx.export(  # without dynamic axes
        OneTensor(8).eval(),
        signals(1, SAMPLES),
        str(FOLDER / "fixed_axes.onnx"),
        opset_version=14,
        input_names=["samples"],
        output_names=["frames"],
    )
    torchscript(WithLengths(8).eval(), "with_lengths")
    torchscript(DimensionFirst(8).eval(), "dimension_first")
    torchscript(FramesFirst(8).eval(), "frames_first")
    torchscript(Padded(8).eval(), "padded")
    torchscript(WithNone(8).eval(), "with_none")


if __name__ == "__main__":
    main()
