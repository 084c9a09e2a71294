#!/usr/bin/env python3
"""Makes the models of the script `swap` beside this file, unless they are there: swap_models.py DIR

Of each size the model exported whole, as users do it, the graph as tests/models/make_test_models.py exports it, and
files of weights; all weights are random.
"""
import importlib.util
import pathlib
import shutil
import sys
import types
import warnings

import torch
import torchaudio

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = {
    "input_names": ["samples"],
    "output_names": ["layers"],
    "dynamic_axes": {"samples": {0: "batch", 1: "samples"}, "layers": {1: "batch", 2: "frames"}},
    "opset_version": 14,
}


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def demo():
    """An encoder of the demo: 4 layers, d = 64."""
    return module(ROOT / "jobs/demo/recipe/model.py").Encoder()


def base():
    """wav2vec 2.0 base: 12 layers, d = 768; the graph returns these."""
    model = torchaudio.models.wav2vec2_base()
    torch.nn.utils.remove_weight_norm(model.encoder.transformer.pos_conv_embed.conv)
    model.forward = types.MethodType(
        lambda self, samples: torch.stack(self.extract_features(samples)[0]), model
    )
    return model


def make(size, build, recipe, folder):
    example = 0.1 * torch.randn(2, 16_000)
    whole = build().eval()
    with torch.no_grad():
        torch.onnx.export(whole, example, str(folder / f"{size}.whole.onnx"), **NAMES)
        traced = torch.jit.trace(whole, example, check_trace=False)
    traced.save(str(folder / f"{size}.whole.pt"))
    recipe.FOLDER = folder
    recipe.safetensors(whole.state_dict(), f"{size}.f32", torch.float32)
    recipe.safetensors(whole.state_dict(), f"{size}.bf16", torch.bfloat16)
    recipe.export_onnx_graph(build(), example, str(folder / f"{size}.graph.onnx"), **NAMES)
    recipe.export_torchscript_graph(build(), example, str(folder / f"{size}.graph.pt"))


def main():
    warnings.filterwarnings("ignore")
    torch._C._set_mkldnn_enabled(False)
    torch.manual_seed(1)
    folder = pathlib.Path(sys.argv[1])
    if folder.exists():
        return
    making = folder.with_name(folder.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    recipe = module(ROOT / "tests/models/make_test_models.py")
    make("demo", demo, recipe, making)
    make("base", base, recipe, making)
    making.rename(folder)


if __name__ == "__main__":
    main()
