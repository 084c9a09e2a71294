"""The data sets of the accuracy report: float32 frames and the utterances they belong to.

Each is made once, as NAME.npy and NAME.csv (a line `utterance,frames` per utterance, in the order of
the frames), in the data folder.
"""
import csv
import subprocess

import numpy as np

SYNTHETIC_UTTERANCES = 48
FRAMES_PER_UTTERANCE = 250


class DataSet:
    def __init__(self, name, title, clusters, make):
        self.name, self.title, self.clusters, self.make = name, title, clusters, make

    def files(self, folder):
        """Paths of the frames and of the utterances, made if they are not there."""
        frames, utterances = folder / f"{self.name}.npy", folder / f"{self.name}.csv"
        if not (frames.exists() and utterances.exists()):
            rows, lengths = self.make()
            assert rows.dtype == np.float32 and sum(length for _, length in lengths) == len(rows)
            folder.mkdir(parents=True, exist_ok=True)
            with open(utterances, "w", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows(lengths)
            np.save(frames, rows)
        return frames, utterances


def manifest(folder):
    with open(folder / "manifest.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def dev(shared, embeddings):
    rows = np.load(shared / "embeddings" / embeddings)
    lengths = [
        (entry["utterance"], (int(entry["samples"]) - 400) // 320 + 1)
        for entry in manifest(shared / "speech" / "dev")
    ]
    return rows, lengths


def hour(shared, run="A", step=3200):
    """The last layer of a trained encoder on an hour of speech; needs PyTorch and flac."""
    import torch

    # with oneDNN, PyTorch 1.13 as Debian builds it is not exact
    torch._C._set_mkldnn_enabled(False)
    torch.set_num_threads(1)
    model = torch.jit.load(str(shared / "checkpoints" / run / f"step{step:05}.pt")).eval()
    speech = shared / "speech" / "hour"
    decode = "flac -dcs --force-raw-format --endian=little --sign=signed".split()
    pieces, lengths = [], []
    for entry in manifest(speech):
        raw = subprocess.run(
            decode + [speech / f"{entry['utterance']}.flac"], stdout=subprocess.PIPE, check=True
        ).stdout
        samples = torch.from_numpy(np.frombuffer(raw, "<i2").astype(np.float32) / 32768)[None]
        with torch.no_grad():
            pieces.append(model(samples)[-1, 0].numpy())
        lengths.append((entry["utterance"], len(pieces[-1])))
    return np.concatenate(pieces), lengths


def synthetic(seed, dimension, sigma, mean=0.0):
    """Rows of Gaussians times sigma times a random rotation, plus a mean."""
    rng = np.random.default_rng(seed)
    n = SYNTHETIC_UTTERANCES * FRAMES_PER_UTTERANCE
    rotation, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
    rows = (rng.standard_normal((n, dimension)) * sigma) @ rotation + mean
    lengths = [(f"synthetic_{i:03}", FRAMES_PER_UTTERANCE) for i in range(SYNTHETIC_UTTERANCES)]
    return rows.astype(np.float32), lengths


def power_law(dimension, exponent):
    sigma = np.arange(1, dimension + 1) ** -exponent
    return synthetic(int(1000 * exponent) + dimension, dimension, sigma)


def collapsed(dimension):
    mean = np.random.default_rng(1).standard_normal(dimension)
    return synthetic(2, dimension, np.full(dimension, 1e-4), mean)


def large_mean(dimension):
    return synthetic(3, dimension, np.ones(dimension), 1000.0)


def all_sets(shared):
    sets = [
        DataSet(
            f"dev_{run}",
            f"a trained encoder's last layer, run {run} at step {step}, 5 minutes of speech",
            (64, 256),
            lambda run=run, step=step: dev(shared, f"{run}_step{step:05}_dev_last.npy"),
        )
        for run, step in (("A", 3200), ("B", 800))
    ]
    for dimension in (256, 768):
        for exponent in (0.5, 1.0, 1.5, 2.5):
            sets.append(
                DataSet(
                    f"power_{exponent}_{dimension}",
                    f"Gaussian, sigma_i = i^-{exponent}, randomly rotated",
                    (64, 256),
                    lambda d=dimension, a=exponent: power_law(d, a),
                )
            )
    sets.append(
        DataSet("collapsed", "one vector plus Gaussian noise of 1e-4", (64, 256), lambda: collapsed(256))
    )
    sets.append(
        DataSet("large_mean", "Gaussian, mean 1000 times the spread", (64, 256), lambda: large_mean(256))
    )
    sets.append(
        DataSet(
            "hour",
            "a trained encoder's last layer, run A at step 3200, one hour of speech",
            (64, 256, 1024),
            lambda: hour(shared),
        )
    )
    return sets
