#!/usr/bin/env python3
"""Makes the tiny models of the operators' tests, and what PyTorch computes with them.

Run from anywhere, with Debian's python3-torch (made with 1.13); neither onnx nor the network is
needed:

    /usr/bin/python3 tests/models/make_test_models.py

It writes operators/src/test/resources/models/: the models, and expected.json with the outputs of
the good ones on the two signals of signals() below, which the Java tests make with the same
integer arithmetic.
"""

import io
import json
import pathlib
import zipfile

import torch

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


def torchscript(model: torch.nn.Module, name: str) -> None:
    """Saves the model without its *.debug_pkl, which would hold paths of this machine."""
    whole = io.BytesIO()
    torch.jit.save(torch.jit.script(model), whole)
    with zipfile.ZipFile(whole) as saved, zipfile.ZipFile(FOLDER / f"{name}.pt", "w") as kept:
        for entry in saved.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                kept.writestr(
                    zipfile.ZipInfo(name + entry.filename[entry.filename.index("/") :]),
                    saved.read(entry),
                )


def onnx(model: torch.nn.Module, name: str, outputs: list, batch_axis: int = 0) -> None:
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
    onnx(one, "one_tensor", ["frames"])
    onnx(in_tuple, "tuple", ["first", "second", "third"])
    onnx(stacked, "stacked", ["layers"], batch_axis=1)

    torchscript(RankOne(8).eval(), "rank_1")
    torchscript(NotANumber(8).eval(), "not_a_number")
    torchscript(RefusesOneLength(8).eval(), "refuses_one_length")
    torchscript(OtherDimensions(8).eval(), "other_dimensions")
    torchscript(WantsChannels(8).eval(), "wants_channels")
    onnx(UnsupportedOperator(8).eval(), "unsupported_operator", ["frames"])
    torchscript(Infinite(8).eval(), "infinite")
    torchscript(NoFrames(8).eval(), "no_frames")
    torchscript(Busy(8).eval(), "busy")
    torchscript(Enormous(8).eval(), "enormous")
    torchscript(Text(8).eval(), "text")
    torchscript(Complex(8).eval(), "complex")

    with zipfile.ZipFile(FOLDER / "no_torchscript.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("letter.txt"), "This archive holds no model.\n")

    expected = {
        "torch": torch.__version__,
        "samples": SAMPLES,
        "one_tensor": layers(one),
        "tuple": layers(in_tuple),
        "stacked": layers(stacked),
        "dimension_1": layers(flat),
    }
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
