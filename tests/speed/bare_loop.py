#!/usr/bin/env python3
"""Runs a model over windows and does nothing else; started by tests/speed/throughput.

usage: bare_loop.py torch|onnxruntime MODEL WINDOWS PROCESSES THREADS cpu|cuda

Loads the model in each of PROCESSES processes, THREADS threads within a forward pass, and prints "ready" and the version. For
every line on standard input the processes share the batches, each taking the next one until none is left, and the
wall time is printed, seconds. It ends with standard input.
"""
import multiprocessing
import sys
import time

import numpy as np


def read(file):
    """Batches (B, samples) as the class Windows writes them."""
    data = np.fromfile(file, dtype="<i4")
    samples = data.view("<f4")
    batches, at = [], 1
    for _ in range(data[0]):
        rows, columns = int(data[at]), int(data[at + 1])
        batches.append(samples[at + 2 : at + 2 + rows * columns].reshape(rows, columns).copy())
        at += 2 + rows * columns
    return batches


def torch_model(file, threads, device):
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    model = torch.jit.load(file, map_location=device).eval()

    def run(batch):
        # ever new lengths: without this the graph is specialised for each, which takes longer
        with torch.inference_mode(), torch.jit.optimized_execution(False):
            model(torch.from_numpy(batch).to(device))

    def finish():
        if device != "cpu":  # its work goes on after the call that asked for it
            torch.cuda.synchronize()

    return run, finish, "PyTorch " + torch.__version__


def onnx_model(file, threads, device):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    version = "ONNX Runtime " + onnxruntime.__version__
    return lambda batch: session.run(None, {name: batch}), lambda: None, version


def work(engine, model, batches, threads, device, taken, begin, end, versions):
    try:
        load = torch_model if engine == "torch" else onnx_model
        run, finish, version = load(model, threads, device)
        run(batches[0])
    except Exception as error:
        versions.put((False, f"{type(error).__name__}: {error}".splitlines()[0]))
        return
    versions.put((True, version))
    while True:
        begin.wait()
        while True:
            with taken.get_lock():
                at = taken.value
                taken.value += 1
            if at >= len(batches):
                break
            run(batches[at])
        finish()
        end.wait()


def main():
    engine, model, windows = sys.argv[1:4]
    processes, threads, device = int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
    batches = read(windows)
    taken, versions = multiprocessing.Value("i", 0), multiprocessing.Queue()
    begin, end = multiprocessing.Barrier(processes + 1), multiprocessing.Barrier(processes + 1)
    arguments = (engine, model, batches, threads, device, taken, begin, end, versions)
    for _ in range(processes):
        multiprocessing.Process(target=work, args=arguments, daemon=True).start()
    found = [versions.get() for _ in range(processes)]
    failed = [words for ok, words in found if not ok]
    print(failed[0] if failed else f"ready {found[0][1]}", flush=True)
    if failed:
        return
    for _ in sys.stdin:
        taken.value = 0
        begun = time.perf_counter()
        begin.wait()
        end.wait()
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
