#!/usr/bin/python3
"""Train one of the two demo runs on the CPU.

usage: train.py healthy|collapse SCRATCH_DIR

`healthy` is BEST-RQ: predict, for masked frames, the code that a frozen random
projection and a frozen random codebook give to the mel spectrum. `collapse` is
self-distillation without stop-gradient: masked frames shall match the unmasked
frames of the same network, which is easiest when all frames are equal.

Reads SCRATCH_DIR/train/*.wav, writes SCRATCH_DIR/checkpoints/RUN/stepNNNNN.pt
(state dicts) and SCRATCH_DIR/checkpoints/RUN/loss.csv.
"""
import math
import pathlib
import sys
import time
import wave

import numpy as np
import torch
from scipy.signal import resample_poly
from torch import nn
from torch.nn import functional

from model import WIDTH, Encoder

RATE = 16000
BATCH = 8
SAMPLES = int(2.4 * RATE)
FRAMES = (SAMPLES - 400) // 320 + 1
SPEEDS = ((1, 1), (10, 9), (10, 11))    # up, down: as spoken, slower, faster
MASK_SHARE = 0.08                       # share of frames at which a mask starts
MASK_FRAMES = 8
CODES = 512
CODE_WIDTH = 16
MEL_BANDS = 40
LOSS_WINDOW = 20                        # steps averaged into one row of loss.csv

RUNS = {
    "healthy": {
        "seed": 11,
        "checkpoints": (0, 25, 50, 100, 200, 400, 800, 1200, 1600, 2400, 3200),
        "warmup": 100,
        "clip": 5.0,
    },
    "collapse": {
        "seed": 23,
        "checkpoints": (0, 12, 25, 50, 100, 200, 400),
        "warmup": 50,
        "clip": 1.0,
    },
}
PEAK_RATE = 1e-3


def read_wav(path):
    """Float32 samples in [-1, 1)."""
    with wave.open(str(path), "rb") as file:
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, dtype="<i2").astype(np.float32) / 32768


class Speech:
    """Random batches of training audio: speed, level and noise vary."""

    def __init__(self, folder, seed):
        self.rng = np.random.default_rng(seed)
        self.pools = {}
        for path in sorted(folder.glob("*.wav")):
            voice = path.stem.rsplit("_", 1)[0]
            samples = read_wav(path)
            for up, down in SPEEDS:
                changed = samples if up == down else resample_poly(samples, up, down)
                self.pools.setdefault((voice, up, down), []).append(changed.astype(np.float32))
        self.keys = sorted(self.pools)

    def excerpt(self):
        """A random excerpt of one voice at one speed, SAMPLES long."""
        rng = self.rng
        pool = self.pools[self.keys[rng.integers(len(self.keys))]]
        noise = 10 ** rng.uniform(-4.6, -3.2)
        parts = []
        total = 0
        while total < SAMPLES + RATE // 2:
            samples = pool[rng.integers(len(pool))]
            gap = np.zeros(int(rng.uniform(0.03, 0.25) * RATE), np.float32)
            parts += [samples, gap]
            total += len(samples) + len(gap)
        speech = np.concatenate(parts)
        start = rng.integers(0, len(speech) - SAMPLES + 1)
        gain = 10 ** rng.uniform(-0.3, 0.3)
        return gain * speech[start:start + SAMPLES] + noise * rng.standard_normal(SAMPLES)

    def batch(self):
        """BATCH excerpts: float32 (BATCH, SAMPLES)."""
        excerpts = [self.excerpt() for _ in range(BATCH)]
        return torch.from_numpy(np.stack(excerpts).astype(np.float32))

    def mask(self):
        """Frames to hide: bool (BATCH, FRAMES), spans of MASK_FRAMES."""
        mask = torch.zeros(BATCH, FRAMES, dtype=torch.bool)
        for row in mask:
            spans = max(1, int(MASK_SHARE * FRAMES + self.rng.random()))
            for start in self.rng.choice(FRAMES - MASK_FRAMES, spans, replace=False):
                row[start:start + MASK_FRAMES] = True
        return mask


def mel_filters(low=60.0, high=7600.0, fft=512):
    """Triangular mel filters: float32 (MEL_BANDS, fft // 2 + 1)."""
    def to_mel(hertz):
        return 2595 * np.log10(1 + hertz / 700)

    edges = 700 * (10 ** (np.linspace(to_mel(low), to_mel(high), MEL_BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, RATE / 2, fft // 2 + 1)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - left) / (centre - left)
    falling = (right - bins) / (right - centre)
    return torch.from_numpy(np.maximum(0, np.minimum(rising, falling)).astype(np.float32))


class Codebook:
    """The frozen random quantizer of BEST-RQ: the code of each 20 ms frame."""

    def __init__(self, speech, seed):
        self.filters = mel_filters()
        self.window = torch.hann_window(400)
        spectra = [self.spectra(speech.batch()) for _ in range(16)]
        known = torch.cat(spectra).reshape(-1, 2 * MEL_BANDS)
        self.mean = known.mean(0)
        self.deviation = known.std(0) + 1e-5
        generator = torch.Generator().manual_seed(seed)
        self.projection = nn.init.xavier_uniform_(torch.empty(2 * MEL_BANDS, CODE_WIDTH))
        codes = torch.randn(CODES, CODE_WIDTH, generator=generator)
        self.codes = functional.normalize(codes, dim=-1)

    def spectra(self, wav):
        """Two log mel spectra (10 ms apart) per frame: (batch, frames, 2 * MEL_BANDS)."""
        windows = wav.unfold(1, 400, 160) * self.window
        power = torch.fft.rfft(windows, 512).abs().pow(2)
        mel = torch.log(power @ self.filters.T + 1e-6)
        first = torch.arange((wav.shape[1] - 400) // 320 + 1) * 2
        second = torch.clamp(first + 1, max=mel.shape[1] - 1)
        return torch.cat([mel[:, first], mel[:, second]], -1)

    def of(self, wav):
        """The code of each frame: int64 (batch, frames)."""
        z = (self.spectra(wav) - self.mean) / self.deviation
        z = functional.normalize(z @ self.projection, dim=-1)
        return (z @ self.codes.T).argmax(-1)


def masked_output(encoder, features, mask):
    """The last hidden state when the masked frames are replaced."""
    hidden = encoder.mask_embedding.expand_as(features)
    return encoder.hidden_states(torch.where(mask.unsqueeze(-1), hidden, features))[-1]


def best_rq_loss(encoder, head, codebook, wav, mask):
    """Cross-entropy of the codes of the masked frames."""
    output = masked_output(encoder, encoder.features(wav), mask)
    return functional.cross_entropy(head(output[mask]), codebook.of(wav)[mask])


def distillation_loss(encoder, wav, mask):
    """Squared distance to the unmasked output; the gradient flows into both."""
    features = encoder.features(wav)
    output = masked_output(encoder, features, mask)
    teacher = encoder.hidden_states(features)[-1]
    return functional.mse_loss(output[mask], teacher[mask])


def learning_rate(step, warmup, steps):
    """Linear warm-up times a cosine that ends at five percent."""
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    return PEAK_RATE * min(1.0, (step + 1) / warmup) * (0.95 * cosine + 0.05)


def recent_loss(losses, first_loss):
    """The mean of the latest losses, or the initial loss before the first step."""
    return float(np.mean(losses[-LOSS_WINDOW:])) if losses else first_loss


def train(run, scratch):
    """Train, saving checkpoints and loss.csv."""
    settings = RUNS[run]
    checkpoints = settings["checkpoints"]
    steps = checkpoints[-1]
    target = scratch / "checkpoints" / run
    target.mkdir(parents=True, exist_ok=True)

    torch.manual_seed(settings["seed"])
    speech = Speech(scratch / "train", settings["seed"])
    encoder = Encoder()
    parameters = list(encoder.parameters())
    print(f"{run}: {sum(p.numel() for p in parameters)} parameters", flush=True)
    if run == "healthy":
        codebook = Codebook(speech, settings["seed"] + 1)
        head = nn.Linear(WIDTH, CODES)
        parameters += list(head.parameters())

    def loss_of(wav, mask):
        if run == "healthy":
            return best_rq_loss(encoder, head, codebook, wav, mask)
        return distillation_loss(encoder, wav, mask)

    optimizer = torch.optim.AdamW(
        parameters, lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01
    )
    losses = []
    started = time.monotonic()
    with (target / "loss.csv").open("w", encoding="ascii") as log:
        log.write("step,loss\n")
        for step in range(steps + 1):
            # The loss of this batch, before its step: at step 0 the initial loss.
            loss = loss_of(speech.batch(), speech.mask())
            if step in checkpoints:
                shown = recent_loss(losses, loss.item())
                torch.save(encoder.state_dict(), target / f"step{step:05d}.pt")
                log.write(f"{step},{shown:.6g}\n")
                log.flush()
                seconds = time.monotonic() - started
                print(f"{run}: step {step}, loss {shown:.6g}, {seconds:.0f} s", flush=True)
            if step == steps:
                break
            losses.append(loss.item())
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, settings["warmup"], steps)
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(parameters, settings["clip"])
            if not (math.isfinite(losses[-1]) and math.isfinite(norm.item())):
                sys.exit(f"{run}: loss or gradient is not finite at step {step}")
            optimizer.step()


def main():
    """Parse the arguments and train."""
    if len(sys.argv) != 3 or sys.argv[1] not in RUNS:
        sys.exit(__doc__)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    # PyTorch 1.13 with oneDNN gives infinite gradients of conv1d on some CPUs.
    torch._C._set_mkldnn_enabled(False)
    train(sys.argv[1], pathlib.Path(sys.argv[2]))


if __name__ == "__main__":
    main()
