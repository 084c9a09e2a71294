"""Weights are written as they are, and graphs take them under the names of the state_dict."""
import logging
import os
import pathlib
import tempfile
import unittest

from models import encoder, hidden_states, needs_torch, read_safetensors, torch, train
from sounding import export_graph, save_safetensors
from sounding.files import sha256_of_whole


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


@needs_torch
class Safetensors(InFolder):
    def test_every_kind_of_tensor_is_read_back_to_the_bit(self):
        base = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
        state = {
            "f32": base,
            "f64": base.double(),
            "f16": base.half(),
            "bf16": base.bfloat16(),
            "transposed": base.t(),
            "slice": base[1:, ::2],
            "shared": base,
            "scalar": torch.tensor(7),
            "empty": torch.zeros(0, 4),
            "bool": base > 0,
            "parameter": torch.nn.Parameter(base),
            'Gewicht ü"\\': base,
        }
        path = self.folder / "1.safetensors"
        save_safetensors(dict(state, other="no tensor"), path)
        read = read_safetensors(path)
        self.assertEqual(set(state), set(read))
        for name, tensor in state.items():
            with self.subTest(name):
                self.assertEqual(tensor.dtype, read[name].dtype)
                self.assertTrue(torch.equal(tensor, read[name]))
        self.assertEqual(["1.safetensors"], os.listdir(self.folder))
        self.assertEqual(64, len(sha256_of_whole(str(path))))

    def test_only_the_names_asked_for_are_written(self):
        state = encoder().state_dict()
        save_safetensors(state, self.folder / "1", ["linear.bias"])
        self.assertEqual(["linear.bias"], list(read_safetensors(self.folder / "1")))
        with self.assertRaisesRegex(KeyError, "1 of the graph's 2 weights are not .*oops"):
            save_safetensors(state, self.folder / "2", ["linear.bias", "oops"])

    def test_a_type_that_does_not_exist_there_is_named(self):
        with self.assertRaisesRegex(TypeError, "The tensor z is complex64"):
            save_safetensors({"z": torch.zeros(1, dtype=torch.complex64)}, self.folder / "1")
        self.assertEqual([], os.listdir(self.folder))


@needs_torch
class Graphs(InFolder):
    def used(self, model):
        """Names of the weights that the hidden states need, tied ones once."""
        unused = ("head.", "norm.num_batches_tracked", "tied.weight")
        return {name for name in model.state_dict() if not name.startswith(unused)}

    def test_an_onnx_graph_names_every_weight_it_takes(self):
        model = encoder()  # fresh: its layer norms are all ones, and must not become one
        names = export_graph(model, self.folder / "graph.onnx", forward=hidden_states)
        self.assertEqual(self.used(model), set(names))
        self.assertEqual(len(names), len(set(names)))

    def test_torchscript_takes_the_weights_of_later_checkpoints(self):
        model = encoder()
        export_graph(model, self.folder / "graph.pt", forward=hidden_states)
        for _ in train(model, 3):
            pass
        script = torch.jit.load(str(self.folder / "graph.pt"))
        script.load_state_dict(model.state_dict())
        samples = torch.randn(3, 9000, generator=torch.Generator().manual_seed(2))
        model.eval()
        with torch.no_grad():
            self.assertTrue(
                torch.allclose(hidden_states(model, samples), script(samples), atol=1e-6)
            )

    def test_what_batch_norm_remembers_is_a_parameter_of_torchscript(self):
        export_graph(encoder(), self.folder / "graph.pt", forward=hidden_states)
        script = torch.jit.load(str(self.folder / "graph.pt"))
        names = {name for name, _ in script.named_parameters()}
        self.assertLessEqual({"norm.running_mean", "norm.running_var"}, names)

    def test_a_model_in_the_midst_of_training_is_not_touched(self):
        model = encoder().to(torch.float64)
        model(torch.randn(2, 4000).double()).sum().backward()
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        gradients = [p.grad.clone() for p in model.parameters() if p.grad is not None]
        random = torch.get_rng_state()
        export_graph(model, self.folder / "graph.onnx", forward=hidden_states)
        export_graph(model, self.folder / "graph.pt", forward=hidden_states)
        self.assertTrue(all(module.training for module in model.modules()))
        for name, tensor in model.state_dict().items():
            self.assertTrue(torch.equal(before[name], tensor), name)
        after = [p.grad for p in model.parameters() if p.grad is not None]
        self.assertTrue(all(map(torch.equal, gradients, after)))
        self.assertTrue(torch.equal(random, torch.get_rng_state()))

    def test_a_transformer_is_exported_without_the_operators_that_onnx_lacks(self):
        layer = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        model = torch.nn.TransformerEncoder(layer, 2)
        names = export_graph(
            model,
            self.folder / "graph.onnx",
            forward=lambda model, samples: model(samples.reshape(samples.shape[0], -1, 16)),
        )
        self.assertEqual(set(model.state_dict()), set(names))
        self.assertFalse(any(parameter.grad is not None for parameter in model.parameters()))

    def test_what_cannot_do_with_gradients_or_longer_audio_is_exported_as_well(self):
        class Other(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.linear = torch.nn.Linear(16, 8)
                self.places = torch.nn.Parameter(torch.zeros(1000, 8))
                self.code = torch.nn.Parameter(torch.tensor([1, 2]), requires_grad=False)

            def forward(self, samples):
                self.linear.weight.clamp_(-1, 1)
                frames = self.linear(samples.reshape(samples.shape[0], -1, 16))
                return frames / float(self.linear.bias.norm().numpy()) + self.places[: frames.shape[1]]

        with self.assertLogs("sounding", "WARNING") as log:
            names = export_graph(Other(), self.folder / "graph.onnx")
        self.assertEqual({"linear.weight", "linear.bias", "places"}, set(names))
        self.assertEqual(1, len(log.output))
        self.assertIn("no audio longer than its example", log.output[0])

    def test_a_graph_with_the_size_of_its_example_in_it_is_warned_of(self):
        def fixed(model, samples):
            return model(samples.reshape(int(samples.shape[0]), -1, 8))

        with self.assertLogs("sounding", "WARNING") as log:
            export_graph(encoder().linear, self.folder / "graph.onnx", forward=fixed)
            logging.getLogger("sounding").warning("The next one has not.")
            export_graph(encoder(), self.folder / "graph.onnx", forward=hidden_states)
        self.assertEqual(2, len(log.output))
        self.assertIn("size of its example", log.output[0])

    def test_what_holds_no_hidden_states_is_refused_with_what_it_is(self):
        for path in (self.folder / "graph.onnx", self.folder / "graph.pt"):
            with self.assertRaisesRegex(TypeError, "returns a dict with hidden, not tensors alone"):
                export_graph(
                    encoder(), path, forward=lambda m, x: {"hidden": hidden_states(m, x)}
                )
            with self.assertRaisesRegex(ValueError, "for 2 utterances; hidden states are"):
                export_graph(
                    encoder(), path, forward=lambda m, x: hidden_states(m, x).transpose(0, 1)
                )
            self.assertFalse(path.exists())

    def test_pooled_outputs_beside_hidden_states_do_no_harm(self):
        def both(model, samples):
            frames = hidden_states(model, samples)[-1]
            return frames, frames.mean(1)

        export_graph(encoder(), self.folder / "graph.pt", forward=both)
        self.assertTrue((self.folder / "graph.pt").exists())

    def test_a_state_in_a_tuple_of_its_own_does_no_harm(self):
        def both(model, samples):
            frames = hidden_states(model, samples)[-1]
            return frames, (frames.mean(1), frames.sum(1))

        for path in (self.folder / "graph.onnx", self.folder / "graph.pt"):
            export_graph(encoder(), path, forward=both)
            self.assertTrue(path.exists())

    def test_a_tuple_of_layers_becomes_outputs(self):
        export_graph(
            encoder(),
            self.folder / "graph.onnx",
            forward=lambda model, samples: tuple(model.hidden(samples)),
        )
        data = (self.folder / "graph.onnx").read_bytes()
        for name in (b"samples", b"hidden0", b"hidden4"):
            self.assertIn(name, data)


if __name__ == "__main__":
    unittest.main()
