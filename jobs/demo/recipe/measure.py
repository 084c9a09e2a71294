#!/usr/bin/python3
"""Print step, loss and RankMe of every checkpoint of one run as a table.

usage: measure.py RUN SCRATCH_DIR AUDIO_DIR

RankMe of the last hidden state of all frames of AUDIO_DIR/*.flac, one utterance
at a time, samples = int16 / 32768: exp(-sum q ln q) with q = p + 1e-7, p the
singular values of the uncentred matrix divided by their sum, in float64.
"""
import csv
import pathlib
import subprocess
import sys

import numpy as np
import torch

from model import Encoder


def read_flac(path):
    """Samples of a mono 16 bit FLAC file: float32 tensor (1, samples)."""
    raw = subprocess.run(
        ["flac", "--silent", "--decode", "--stdout", "--force-raw-format",
         "--endian=little", "--sign=signed", str(path)],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return torch.from_numpy(np.frombuffer(raw, "<i2").astype(np.float32) / 32768)[None]


def rank_me(matrix):
    """RankMe of the rows of a float64 matrix, without centring."""
    singular = np.linalg.svd(matrix, compute_uv=False)
    q = singular / singular.sum() + 1e-7
    return float(np.exp(-np.sum(q * np.log(q))))


def main():
    """Measure one run."""
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[2]) / "checkpoints" / sys.argv[1]
    torch.set_num_threads(1)
    torch._C._set_mkldnn_enabled(False)
    utterances = [read_flac(path) for path in sorted(pathlib.Path(sys.argv[3]).glob("*.flac"))]
    with (source / "loss.csv").open(encoding="ascii", newline="") as file:
        losses = {int(row["step"]): row["loss"] for row in csv.DictReader(file)}

    print(f"| {sys.argv[1]}: step | loss | RankMe |")
    print("|---:|---:|---:|")
    for step, loss in losses.items():
        encoder = Encoder()
        encoder.load_state_dict(torch.load(source / f"step{step:05d}.pt"))
        encoder.eval()
        with torch.no_grad():
            frames = [encoder(wav)[-1, 0].double().numpy() for wav in utterances]
        rank = rank_me(np.concatenate(frames))
        print(f"| {step} | {loss} | {rank:.3f} |", flush=True)


if __name__ == "__main__":
    main()
