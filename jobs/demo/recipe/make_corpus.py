#!/usr/bin/python3
"""Speak sentences.tsv with espeak-ng.

usage: make_corpus.py AUDIO_DIR SCRATCH_DIR

The sentences of the split `corpus` become AUDIO_DIR/*.flac, the unlabelled
audio that checkpoints are evaluated on. Those of the split `train` become
SCRATCH_DIR/train/*.wav, spoken by other voices at other speeds. All files are
16 kHz mono PCM with 16 bits. SCRATCH_DIR/manifest.tsv says how each was made.
"""
import csv
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np

RATE = 16000
SEED = 2024
SHORTEST, LONGEST = 3.0, 9.0        # seconds per corpus utterance
TAKES = 3                           # readings of each training sentence
SENTENCES = pathlib.Path(__file__).with_name("sentences.tsv")

CORPUS_VOICES = {
    "en": ["en+f2", "en-us+m3", "en-gb-scotland+f4", "en-gb-x-rp+m7"],
    "de": ["de+m2", "de+f1"],
    "fr": ["fr-fr+f3", "fr-fr+m5"],
    "es": ["es+m4", "es-419+f5"],
    "it": ["it+f2", "it+m6"],
    "pt": ["pt+f4"],
    "pl": ["pl+m1"],
    "sv": ["sv+f3"],
    "nl": ["nl+m7"],
}
TRAIN_VOICES = {
    "en": ["en+m1", "en-us+f1", "en-gb-x-rp+f3", "en-us+m5", "en-gb-scotland+m2"],
    "de": ["de+m4", "de+f3", "de+m6"],
    "fr": ["fr-fr+m1", "fr-fr+f4", "fr-be+m3"],
    "es": ["es+f2", "es-419+m2", "es+m7"],
    "it": ["it+m3", "it+f5", "it+m1"],
    "pt": ["pt+m2", "pt-br+f1", "pt+m5"],
    "pl": ["pl+f2", "pl+m4", "pl+f4"],
    "sv": ["sv+m3", "sv+f1", "sv+m6"],
    "nl": ["nl+f3", "nl+m1", "nl+f5"],
}


def read_sentences(split):
    """Return the (language, text) pairs of one split, in file order."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["language"], row["text"]) for row in rows if row["split"] == split]


def speak(text, voice, speed, pitch):
    """Synthesize one sentence; float64 samples at RATE."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as raw:
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", raw.name, text],
            check=True,
        )
        resampled = subprocess.run(
            ["sox", raw.name, "-t", "f32", "-", "gain", "-6", "rate", "-h", str(RATE)],
            check=True,
            stdout=subprocess.PIPE,
        )
    return np.frombuffer(resampled.stdout, dtype="<f4").astype(np.float64)


def finish(speech, peak, noise_rms, rng):
    """Scale to a peak, add white noise (rms in units of the last bit), round to int16."""
    scaled = speech * (peak * 32767 / np.abs(speech).max())
    noisy = scaled + noise_rms * rng.standard_normal(len(scaled))
    return np.clip(np.rint(noisy), -32768, 32767).astype("<i2")


def write_wav(path, samples):
    """Write int16 samples as a mono WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def plan_corpus():
    """Give each corpus sentence a voice (in turn) and a name such as en-f2_003."""
    said = {}
    spoken = {}
    for language, text in read_sentences("corpus"):
        voices = CORPUS_VOICES[language]
        voice = voices[said.get(language, 0) % len(voices)]
        said[language] = said.get(language, 0) + 1
        number = spoken.get(voice, 0)
        spoken[voice] = number + 1
        yield f"{voice.replace('+', '-')}_{number:03d}", voice, text


def plan_training():
    """Give each training sentence TAKES different voices."""
    for number, (language, text) in enumerate(read_sentences("train")):
        voices = TRAIN_VOICES[language]
        for take in range(TAKES):
            voice = voices[(number + take) % len(voices)]
            yield f"{voice.replace('+', '-')}_{number:03d}", voice, text


def make_utterances(plan, folder, seed, speeds, peaks, manifest):
    """Speak a plan into WAV files; return their durations in seconds."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    durations = []
    for name, voice, text in plan:
        speed = int(rng.integers(*speeds))
        pitch = int(rng.integers(25, 76))
        peak = rng.uniform(*peaks)
        noise_rms = rng.uniform(0.6, 1.2)
        samples = finish(speak(text, voice, speed, pitch), peak, noise_rms, rng)
        write_wav(folder / f"{name}.wav", samples)
        seconds = len(samples) / RATE
        durations.append(seconds)
        manifest.writerow(
            [folder.name, name, voice, speed, pitch, f"{peak:.3f}", f"{noise_rms:.2f}", f"{seconds:.3f}", text]
        )
    return np.array(durations)


def encode_flac(source, target):
    """Turn a folder of WAV files into a folder of FLAC files."""
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob("*.flac"):
        stale.unlink()
    for path in sorted(source.glob("*.wav")):
        flac = target / f"{path.stem}.flac"
        subprocess.run(["flac", "--silent", "--force", "-8", "--no-padding", "-o", str(flac), str(path)], check=True)


def describe(title, durations):
    """Print the number and length of a set of utterances."""
    print(
        f"{title}: {len(durations)} utterances, {durations.sum():.1f} s,"
        f" shortest {durations.min():.2f} s, longest {durations.max():.2f} s",
        flush=True,
    )


def main():
    """Make both sets."""
    audio, scratch = (pathlib.Path(argument) for argument in sys.argv[1:])
    scratch.mkdir(parents=True, exist_ok=True)
    with (scratch / "manifest.tsv").open("w", encoding="utf-8", newline="") as file:
        manifest = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        manifest.writerow(["set", "name", "voice", "speed", "pitch", "peak", "noise", "seconds", "text"])
        corpus = make_utterances(
            plan_corpus(), scratch / "corpus", SEED, (134, 190), (0.02, 0.07), manifest
        )
        training = make_utterances(
            plan_training(), scratch / "train", SEED + 1, (120, 201), (0.02, 0.08), manifest
        )
    describe("corpus", corpus)
    describe("training", training)
    if corpus.min() < SHORTEST or corpus.max() > LONGEST:
        sys.exit(f"a corpus utterance is not within {SHORTEST} to {LONGEST} s")
    encode_flac(scratch / "corpus", audio)


if __name__ == "__main__":
    main()
