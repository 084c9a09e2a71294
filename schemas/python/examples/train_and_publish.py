#!/usr/bin/env python3
"""Trains a toy encoder and hands its weights over every 20 steps.

usage: train_and_publish.py BOOTSTRAP FOLDER [STEPS]
"""
import sys

import torch
from sounding import HandOver, Publisher

torch._C._set_mkldnn_enabled(False)  # for Debian 12, whose conv1d has a wrong backward pass


def frames(model, samples):
    """(batch, samples) -> (batch, frames, d)"""
    return model(samples[:, None]).transpose(1, 2)


def main() -> None:
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    bootstrap, folder, steps = sys.argv[1], sys.argv[2], int((sys.argv[3:] or [100])[0])
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv1d(1, 32, 400, 320),  # a frame every 20 ms at 16 kHz
        torch.nn.GELU(),
        torch.nn.Conv1d(32, 32, 1),
    )
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    with Publisher(run="toy", corpus="dev", bootstrap=bootstrap) as publisher:
        hand_over = HandOver(publisher, folder, forward=frames)
        for step in range(1, steps + 1):
            loss = (frames(model, torch.randn(8, 16000)) - 1).pow(2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % 20 == 0:
                hand_over.model(step, model, loss)
    print(f"{publisher.published} published, {publisher.dropped} dropped")


if __name__ == "__main__":
    main()
