#!/usr/bin/python3
"""Exports an encoder of the geometry of wav2vec 2.0 base with random weights, to measure what folding costs beside it.

usage: export_encoder.py FOLDER      writes FOLDER/step00000.pt (TorchScript, 360 MB)

12 transformer layers and their input, d = 768, 50 frames a second, 94 M parameters; output: a tuple of 13 tensors
(batch, frames, 768). Needs PyTorch and torchaudio (Debian: python3-torch, python3-torchaudio; PyTorch 1.13 was used).
"""
import pathlib
import sys
import warnings

import torch
import torchaudio


class HiddenStates(torch.nn.Module):
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


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    torch._C._set_mkldnn_enabled(False)
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    model = HiddenStates(torchaudio.models.wav2vec2_base().eval())
    with torch.no_grad():
        traced = torch.jit.trace(model, torch.randn(2, 16000) * 0.1, check_trace=False)
        for samples in (16000, 31280):
            probe = torch.randn(1, samples) * 0.1
            expected = model(probe)
            assert len(expected) == 13 and all(e.shape[-1] == 768 for e in expected)
            for got, want in zip(traced(probe), expected):
                assert torch.allclose(got, want, atol=1e-4)
    traced.save(str(folder / "step00000.pt"))


if __name__ == "__main__":
    main()
