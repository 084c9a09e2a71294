#!/usr/bin/python3
"""Export the checkpoints of one run and compare the exports with the model.

usage: export.py RUN SCRATCH_DIR RUNS_DIR [TORCHSCRIPT_DIR]

SCRATCH_DIR/checkpoints/RUN/*.pt become RUNS_DIR/RUN/*.onnx (opset 14: input
`wav` float32 (batch, samples), output `hidden` float32 (layers + 1, batch,
frames, width), all of batch, samples and frames dynamic) next to loss.csv;
with TORCHSCRIPT_DIR also TORCHSCRIPT_DIR/RUN/*.pt, traced, the same output.
The ONNX files are compared with the model only where onnxruntime is installed.
"""
import io
import pathlib
import shutil
import sys
import warnings
import zipfile

import torch

from model import LAYERS, WIDTH, Encoder

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

OPSET = 14
LENGTHS = (400, 719, 720, 23456, 160000)
BATCHES = (1, 3)
TOLERANCE = 1e-4
ALIGNMENT = 64      # of the records of a TorchScript archive


def load_encoder(path):
    """The encoder of one checkpoint, ready for inference."""
    encoder = Encoder()
    encoder.load_state_dict(torch.load(path))
    return encoder.eval()


def export_onnx(encoder, example, path):
    """Write one ONNX file."""
    torch.onnx.export(
        encoder,
        example,
        str(path),
        input_names=["wav"],
        output_names=["hidden"],
        dynamic_axes={"wav": {0: "batch", 1: "samples"}, "hidden": {1: "batch", 2: "frames"}},
        opset_version=OPSET,
    )


def export_torchscript(encoder, example, path):
    """Write one TorchScript file, without the source paths that torch records in it."""
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(encoder, example, check_trace=False), buffer)
    with zipfile.ZipFile(buffer) as traced, zipfile.ZipFile(path, "w") as target:
        for name in traced.namelist():
            if name.endswith(".debug_pkl"):
                continue
            record = zipfile.ZipInfo(name)
            # An extra field fills up the header so that the data is aligned.
            start = target.fp.tell() + 30 + len(name) + 4
            padding = -start % ALIGNMENT
            record.extra = b"FB" + padding.to_bytes(2, "little") + bytes(padding)
            target.writestr(record, traced.read(name))


def open_onnx(path):
    """A function from a waveform tensor to the output of an ONNX file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    return lambda wav: torch.from_numpy(session.run(["hidden"], {"wav": wav.numpy()})[0])


def largest_difference(encoder, exported):
    """Compare an export with the model at several lengths and batch sizes."""
    generator = torch.Generator().manual_seed(7)
    worst = 0.0
    for batch in BATCHES:
        for length in LENGTHS:
            wav = 0.1 * torch.randn(batch, length, generator=generator)
            expected = encoder(wav)
            actual = exported(wav)
            frames = (length - 400) // 320 + 1
            if tuple(actual.shape) != (LAYERS + 1, batch, frames, WIDTH):
                sys.exit(f"shape {tuple(actual.shape)} for {batch} x {length} samples")
            worst = max(worst, (actual - expected).abs().max().item())
    if not worst < TOLERANCE:
        sys.exit(f"an export differs from the model by {worst}")
    return worst


def main():
    """Export one run."""
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    run = sys.argv[1]
    source = pathlib.Path(sys.argv[2]) / "checkpoints" / run
    target = pathlib.Path(sys.argv[3]) / run
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob("step*.onnx"):
        stale.unlink()
    traces = pathlib.Path(sys.argv[4]) / run if len(sys.argv) == 5 else None
    if traces:
        traces.mkdir(parents=True, exist_ok=True)

    torch.set_num_threads(1)
    # As in train.py: oneDNN is not to be trusted here.
    torch._C._set_mkldnn_enabled(False)
    # The tracer warns that the batch and the frame count become constants; they
    # do not, which the comparison at other sizes shows.
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    example = 0.1 * torch.randn(2, 16000, generator=torch.Generator().manual_seed(0))

    for checkpoint in sorted(source.glob("step*.pt")):
        encoder = load_encoder(checkpoint)
        with torch.no_grad():
            onnx_file = target / f"{checkpoint.stem}.onnx"
            export_onnx(encoder, example, onnx_file)
            report = f"{run}/{onnx_file.name}: {onnx_file.stat().st_size} bytes"
            if onnxruntime:
                difference = largest_difference(encoder, open_onnx(onnx_file))
                report += f", ONNX differs by {difference:.1e}"
            else:
                report += ", not compared (no onnxruntime)"
            if traces:
                trace_file = traces / f"{checkpoint.stem}.pt"
                export_torchscript(encoder, example, trace_file)
                difference = largest_difference(encoder, torch.jit.load(str(trace_file)))
                report += f", TorchScript differs by {difference:.1e}"
        print(report, flush=True)
    shutil.copyfile(source / "loss.csv", target / "loss.csv")


if __name__ == "__main__":
    main()
