#!/usr/bin/python3
"""Exports an encoder of a real geometry with random weights, to measure what the rest costs beside it.

usage: export_encoder.py FOLDER [GEOMETRY] [FORMAT]      writes FOLDER/step00000.pt or FOLDER/step00000.onnx

GEOMETRY base (the default): wav2vec 2.0 base, 12 transformer layers and their input, d = 768, convolutions of
stride 320, 94 M parameters; a tuple of 13 tensors (batch, frames, 768). best-rq: 12 transformer layers of d = 576 and
their input, 50 M parameters, behind log-mel-like features (learned filters of stride 160) and two convolutions of
stride 2: 25 frames a second; a tuple of 13 tensors. features: the cheapest that gives frames of d = 768: one
convolution of stride 320 and a nonlinearity; one tensor. demo: that of the demo, 4 outputs of d = 64 in one tensor.

FORMAT torchscript (the default) or onnx (opset 14).

Needs PyTorch and torchaudio, for ONNX onnx (Debian: python3-torch, python3-torchaudio, python3-onnx; PyTorch 1.13 was used).
"""
import importlib.util
import math
import pathlib
import sys
import warnings

import torch
import torchaudio
from torch import nn
from torch.nn import functional


class HiddenStates(nn.Module):
    """The input of the first transformer layer and the output of each, as a tuple."""

    def __init__(self, model):
        super().__init__()
        self.features = model.feature_extractor
        self.project = model.encoder.feature_projection
        self.transformer = model.encoder.transformer

    def forward(self, samples):
        frames, _ = self.features(samples, None)
        state = self.transformer._preprocess(self.project(frames))
        states = [state]
        for layer in self.transformer.layers:
            state = layer(state)
            if isinstance(state, tuple):  # later versions give the position bias as well
                state = state[0]
            states.append(state)
        return tuple(states)


class Block(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, 1.0 / math.sqrt(width // heads)
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_key_value, self.attention_out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed_forward_in, self.feed_forward_out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, frames, width = x.shape
        stacked = self.query_key_value(self.attention_norm(x))
        stacked = stacked.reshape(batch, frames, 3, self.heads, width // self.heads)
        query, key, value = stacked.permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(torch.matmul(query * self.scale, key.transpose(2, 3)), -1)
        mixed = torch.matmul(weights, value).transpose(1, 2).reshape(batch, frames, width)
        x = x + self.attention_out(mixed)
        return x + self.feed_forward_out(functional.gelu(self.feed_forward_in(self.feed_forward_norm(x))))


class BestRq(nn.Module):
    """A BEST-RQ encoder of SpeechBrain's size: 80 filters, two convolutions over time and filters, 12 layers of d = 576."""

    WIDTH, LAYERS, HEADS, FILTERS, CHANNELS = 576, 12, 8, 80, (64, 32)

    def __init__(self):
        super().__init__()
        self.filters = nn.Conv1d(1, self.FILTERS, 400, stride=160)
        self.first = nn.Conv2d(1, self.CHANNELS[0], 3, stride=2, padding=1)
        self.second = nn.Conv2d(self.CHANNELS[0], self.CHANNELS[1], 3, stride=2, padding=1)
        self.project = nn.Linear(self.CHANNELS[1] * self.FILTERS // 4, self.WIDTH)
        self.blocks = nn.ModuleList(Block(self.WIDTH, self.HEADS) for _ in range(self.LAYERS))

    def forward(self, samples):
        features = torch.log(self.filters(samples.unsqueeze(1)).abs() + 1e-3)
        features = features.transpose(1, 2).unsqueeze(1)
        features = functional.gelu(self.second(functional.gelu(self.first(features))))
        states = [self.project(features.permute(0, 2, 1, 3).flatten(2))]
        for block in self.blocks:
            states.append(block(states[-1]))
        return tuple(states)


class Features(nn.Module):
    """Samples to frames of d = 768 without context."""

    WIDTH = 768

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv1d(1, self.WIDTH, 400, stride=320)

    def forward(self, samples):
        return torch.tanh(20 * self.convolution(samples.unsqueeze(1))).transpose(1, 2)


def base():
    model = torchaudio.models.wav2vec2_base().eval()
    convolution = model.encoder.transformer.pos_conv_embed.conv
    if hasattr(convolution, "parametrizations"):  # later versions
        nn.utils.parametrize.remove_parametrizations(convolution, "weight")
    else:
        nn.utils.remove_weight_norm(convolution)
    return HiddenStates(model)


def demo():
    recipe = pathlib.Path(__file__).resolve().parents[2] / "jobs/demo/recipe/model.py"
    spec = importlib.util.spec_from_file_location("model", recipe)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Encoder()


GEOMETRIES = {
    "base": (base, 13, 768),
    "best-rq": (BestRq, 13, 576),
    "features": (Features, 1, 768),
    "demo": (demo, 1, 64),
}



def tuple_of(outputs):
    return (outputs,) if torch.is_tensor(outputs) else outputs


def export_torchscript(model, example, file):
    traced = torch.jit.trace(model, example, check_trace=False)
    for samples in (16000, 31280):
        probe = torch.randn(1, samples) * 0.1
        for got, want in zip(tuple_of(traced(probe)), tuple_of(model(probe))):
            assert torch.allclose(got, want, atol=1e-4)
    traced.save(str(file))


def export_onnx(model, example, file, outputs):
    names = [f"layer{i}" for i in range(outputs)]
    with torch.no_grad():
        ranks = [state.dim() for state in tuple_of(model(example))]
    axes = {name: {rank - 3: "batch", rank - 2: "frames"} for name, rank in zip(names, ranks)}
    torch.onnx.export(
        model,
        example,
        str(file),
        input_names=["samples"],
        output_names=names,
        dynamic_axes={"samples": {0: "batch", 1: "samples"}, **axes},
        opset_version=14,
    )


def main():
    words = sys.argv[1:] + ["base", "torchscript"][len(sys.argv) - 2 :]
    if len(sys.argv) < 2 or words[1] not in GEOMETRIES or words[2] not in ("torchscript", "onnx"):
        sys.exit(__doc__)
    folder = pathlib.Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    torch._C._set_mkldnn_enabled(False)
    warnings.filterwarnings("ignore")
    build, outputs, dimension = GEOMETRIES[words[1]]
    model = build().eval()
    example = torch.randn(2, 16000) * 0.1
    with torch.no_grad():
        states = tuple_of(model(example))
        assert len(states) == outputs and all(state.shape[-1] == dimension for state in states)
        if words[2] == "onnx":
            export_onnx(model, example, folder / "step00000.onnx", outputs)
        else:
            export_torchscript(model, example, folder / "step00000.pt")


if __name__ == "__main__":
    main()
