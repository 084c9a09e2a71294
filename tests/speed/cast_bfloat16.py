#!/usr/bin/python3
"""Makes a TorchScript module that computes in bfloat16 of one that computes in float32.

usage: cast_bfloat16.py IN.pt OUT.pt

Parameters, buffers and samples are cast, and what comes out is cast back: for its user the module takes and gives float32
as before, at half the memory and, where the processor or GPU has instructions for it, in less time. Whether the metrics
bear it is to be measured; a module whose graph holds float32 constants may refuse. Needs PyTorch
(Debian: python3-torch; 1.13 was used).
"""
import sys

import torch
from torch import nn


class OfTensor(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, samples: torch.Tensor):
        return self.module(samples.to(torch.bfloat16)).to(torch.float32)


def of_tuple(module):
    """Traced, since TorchScript wants the number of tensors in the code."""

    class OfTuple(nn.Module):
        def __init__(self):
            super().__init__()
            self.module = module

        def forward(self, samples):
            return tuple(state.to(torch.float32) for state in self.module(samples.to(torch.bfloat16)))

    return torch.jit.trace(OfTuple().eval(), torch.randn(2, 16000) * 0.1, check_trace=False)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    whole = torch.jit.load(sys.argv[1], map_location="cpu").eval()
    probe = torch.randn(1, 16000, generator=torch.Generator().manual_seed(0)) * 0.1
    with torch.no_grad():
        expected = whole(probe)
        single = isinstance(expected, torch.Tensor)
        cast = torch.jit.load(sys.argv[1], map_location="cpu").eval().to(torch.bfloat16)
        made = torch.jit.script(OfTensor(cast)) if single else of_tuple(cast)
        pairs = [(made(probe), expected)] if single else zip(made(probe), expected)
        for i, (got, want) in enumerate(pairs):
            error = ((got - want).norm() / want.norm()).item()
            print(f"output {i}: relative error {error:.1e} on noise")
    made.save(sys.argv[2])


if __name__ == "__main__":
    main()
