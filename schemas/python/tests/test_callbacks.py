"""The callbacks, called in the order that their trainers document.

The trainers themselves are not installed here: objects of the same shape stand for them. What
trains is real.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import types
import unittest

from ledger import LIMIT, Ledger, quiet
from models import encoder, hidden_states, needs_torch, read_safetensors, torch, train
from sounding import HandOver, Publisher, export_graph, save_safetensors
from sounding.callbacks import huggingface, lightning, speechbrain
from sounding.onnx import initialisers


class Object(types.SimpleNamespace):
    """Stands for a trainer's object."""


@needs_torch
class HandedOver(unittest.TestCase):
    def setUp(self):
        quiet()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ledger = Ledger()
        self.publisher = Publisher("r", "dev", "nowhere:9092", client=self.ledger)
        self.addCleanup(self.publisher.close, 0.0)

    def hand_over(self, **more):
        return HandOver(self.publisher, self.folder / "out", forward=hidden_states, **more)

    def events(self):
        self.assertTrue(self.publisher.flush(LIMIT))
        return self.ledger.events()

    def assert_weights(self, event, state):
        """The event names a safetensors file with these weights, as far as the graph takes them."""
        written = read_safetensors(event["weightsUri"].replace("file:", "", 1))
        graph = event["modelUri"].replace("file:", "", 1)
        self.assertEqual(set(initialisers(graph)), set(written))
        for name, tensor in written.items():
            self.assertTrue(torch.equal(state[name], tensor), name)

    def copy(self, model):
        return {name: tensor.clone() for name, tensor in model.state_dict().items()}


class AnyLoop(HandedOver):
    def test_weights_are_those_of_the_step_and_the_graph_is_exported_once(self):
        hand_over, model, states = self.hand_over(layers=[-1], tags={"a": 1}), encoder(), []
        for step, loss in train(model, 6):
            if step % 2 == 0:
                hand_over.model(step, model, loss)
                hand_over.model(step, model, loss)  # the same step: handed over once
                states.append((step, float(loss.detach()), self.copy(model)))
                self.assertTrue(self.publisher.flush(LIMIT))
        events = self.events()
        self.assertEqual([2, 4, 6], [event["step"] for event in events])
        for event, (step, loss, state) in zip(events, states):
            self.assertEqual(f"step{step:08d}.safetensors", event["checkpointId"])
            self.assertEqual((loss, [-1], {"a": "1"}),
                             (event["trainingLoss"], event["layers"], event["tags"]))  # fmt: skip
            self.assert_weights(event, state)
        graphs = {(event["modelUri"], event["modelSha256"]) for event in events}
        self.assertEqual(1, len(graphs))
        ((uri, sha256),) = graphs
        self.assertEqual(f"file:{self.folder}/out/graph-{sha256[:12]}.onnx", uri)
        self.assertEqual(4, len(os.listdir(self.folder / "out")))

    def test_a_step_that_is_counted_on_in_place_is_another_step(self):
        hand_over, model, step = self.hand_over(), encoder(), torch.tensor(0)
        for _ in train(model, 3):
            step += 100
            hand_over.model(step, model)
            self.assertTrue(self.publisher.flush(LIMIT))
        self.assertEqual([100, 200, 300], [event["step"] for event in self.events()])

    def test_a_file_that_is_named_by_a_link_outlives_the_trainers_copy(self):
        model = encoder()
        wanted = export_graph(model, self.folder / "graph.onnx", forward=hidden_states)
        save_safetensors(model.state_dict(), self.folder / "400.safetensors", wanted)
        (self.folder / "last.safetensors").symlink_to("400.safetensors")
        hand_over = self.hand_over(graph=self.folder / "graph.onnx")
        hand_over.file(400, self.folder / "last.safetensors", model)
        (event,) = self.events()
        os.remove(self.folder / "400.safetensors")
        self.assertEqual(f"file:{self.folder}/out/step00000400.safetensors", event["weightsUri"])
        self.assert_weights(event, model.state_dict())

    def test_nothing_that_is_pickled_in_a_file_is_run(self):
        class Code:
            def __reduce__(self):
                return os.mkdir, (str(folder / "was-run"),)

        folder, model = self.folder, encoder()
        torch.save({**model.state_dict(), "extra": Code()}, folder / "400.pt")
        with self.assertLogs("sounding", "WARNING") as log:
            self.hand_over().file(400, folder / "400.pt", model)
            self.assertTrue(self.publisher.flush(LIMIT))
        self.assertIn("400.pt holds more than tensors", log.output[0])
        self.assertFalse((folder / "was-run").exists())
        self.assertEqual([], self.events())

    def test_a_resumed_run_hands_steps_over_again_beside_the_former_ones(self):
        states = []
        for attempt in (0, 1):
            hand_over, model = self.hand_over(attempt=attempt), encoder(seed=attempt)
            hand_over.model(400, model)
            states.append(self.copy(model))
            self.assertTrue(self.publisher.flush(LIMIT))
        events = self.events()
        self.assertEqual([0, 1], [event["attempt"] for event in events])
        self.assertEqual({"step00000400.safetensors"}, {e["checkpointId"] for e in events})
        for event, state, name in zip(events, states, ("step00000400", "step00000400-1")):
            self.assertEqual(f"file:{self.folder}/out/{name}.safetensors", event["weightsUri"])
            self.assert_weights(event, state)

    def test_torchscript_files_if_asked(self):
        hand_over, model = self.hand_over(torchscript=True), encoder()
        for step, loss in train(model, 2):
            hand_over.model(step, model, loss)
        samples = torch.randn(1, 8000, generator=torch.Generator().manual_seed(3))
        event = self.events()[1]
        self.assertEqual(("TORCHSCRIPT", None), (event["modelFormat"], event["weightsUri"]))
        script = torch.jit.load(event["modelUri"].replace("file:", "", 1))
        with torch.no_grad():
            expected = hidden_states(model.eval(), samples)
            self.assertTrue(torch.allclose(expected, script(samples), atol=1e-6))

    def test_a_wrapped_model_of_half_precision(self):
        model = encoder()
        hand_over = self.hand_over()
        hand_over.model(1, Object(_orig_mod=model.bfloat16(), state_dict=None))
        event = self.events()[0]
        self.assert_weights(event, model.state_dict())
        self.assertEqual(torch.bfloat16, model.linear.weight.dtype)

    def test_a_model_that_cannot_be_exported_is_exported_once_and_training_goes_on(self):
        exports = []

        def forward(model, samples):
            exports.append(model)
            return 1 / 0

        hand_over = HandOver(self.publisher, self.folder, forward=forward)
        with self.assertLogs("sounding", "WARNING") as logs:
            for step, loss in train(encoder(), 3):
                hand_over.model(step, encoder(), loss)
                hand_over.model(step, encoder(), loss)  # the same step: counted once
        self.assertEqual((1, 1), (len(exports), len(logs.output)))
        self.assertIn("division by zero. Nothing more is handed over.", logs.output[0])
        self.assertEqual(([], 3), (self.events(), self.publisher.dropped))

    def test_after_an_error_of_the_disk_the_next_weights_are_handed_over(self):
        hand_over, model = self.hand_over(), encoder()
        obstacle = self.folder / "out"
        obstacle.write_bytes(b"not a folder")
        with self.assertLogs("sounding", "WARNING") as logs:
            hand_over.model(1, model)
        self.assertIn("cannot be handed over: ", logs.output[0])
        self.assertIn("The graph is exported with the next ones.", logs.output[0])
        obstacle.unlink()
        hand_over.model(2, model)
        (event,) = self.events()
        self.assertEqual((2, 1), (event["step"], self.publisher.dropped))
        self.assert_weights(event, model.state_dict())

    def test_sharded_weights_are_refused_but_files_of_them_are_not(self):
        class FullyShardedDataParallel(torch.nn.Module):
            def state_dict(self):
                raise AssertionError("this would wait for the other processes")

        export_graph(encoder(), self.folder / "graph.onnx", forward=hidden_states)
        save_safetensors(encoder().state_dict(), self.folder / "whole.safetensors")
        hand_over = self.hand_over(graph=self.folder / "graph.onnx")
        with self.assertLogs("sounding", "WARNING") as logs:
            hand_over.model(1, FullyShardedDataParallel())
        self.assertIn("its weights are sharded over processes", logs.output[0])
        hand_over.file(2, self.folder / "whole.safetensors", FullyShardedDataParallel())
        self.assertEqual([2], [event["step"] for event in self.events()])

    def test_nothing_is_copied_for_a_disk_that_is_too_slow(self):
        class Counting(torch.nn.Module):
            copies = 0

            def state_dict(self):
                self.copies += 1
                return {}

        export_graph(encoder(), self.folder / "graph.onnx", forward=hidden_states)
        hand_over, model = self.hand_over(graph=self.folder / "graph.onnx"), Counting()
        disk = threading.Event()
        self.addCleanup(disk.set)
        with self.assertLogs("sounding", "WARNING") as logs:
            for step in range(2):
                path = self.folder / f"{step}.onnx"
                self.publisher.checkpoint(step, path, write=lambda path: disk.wait(LIMIT))
            hand_over.model(2, model)
        self.assertIn("earlier ones are still being written", logs.output[0])
        self.assertEqual((0, 1), (model.copies, self.publisher.dropped))

    def test_other_ranks_do_nothing(self):
        publisher = Publisher("r", "dev", "nowhere:9092", client=self.ledger, rank=1)
        self.addCleanup(publisher.close, 0.0)
        HandOver(publisher, self.folder / "out").model(1, lambda: 1 / 0)
        self.assertEqual(([], []), (self.events(), os.listdir(self.folder)))


class Parallel(HandedOver):
    @unittest.skipUnless(
        torch and torch.distributed.is_available() and torch.distributed.is_gloo_available(),
        "PyTorch was built without gloo",
    )
    def test_a_model_in_distributed_data_parallel_is_taken_out_of_it(self):
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{self.folder}/store", rank=0, world_size=1
        )
        self.addCleanup(torch.distributed.destroy_process_group)
        model = encoder()
        wrapped = torch.nn.parallel.DistributedDataParallel(model)
        hand_over = self.hand_over()
        for step, loss in train(wrapped, 1):
            hand_over.model(step, wrapped, loss)
        self.assert_weights(self.events()[0], self.copy(model))

    def test_the_rank_is_that_of_the_process_group(self):
        code = (
            "import sys, torch.distributed as d\n"
            "from ledger import Ledger\n"
            "from sounding import Publisher\n"
            "p = Publisher('r', 'dev', 'nowhere:9092', client=Ledger())\n"
            "d.init_process_group('gloo', init_method='file://' + sys.argv[1],\n"
            "                     rank=int(sys.argv[2]), world_size=2)\n"
            "print(p.publishes)\n"
        )
        paths = os.pathsep.join([os.path.dirname(__file__), *(path for path in sys.path if path)])
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(self.folder / "store"), str(rank)],
                env={**os.environ, "PYTHONPATH": paths},
                stdout=subprocess.PIPE,
                text=True,
            )
            for rank in range(2)
        ]
        printed = [process.communicate(timeout=LIMIT)[0] for process in processes]
        self.assertEqual(["True\n", "False\n"], printed)

    def test_the_workers_of_a_data_loader_are_forked_while_records_wait(self):
        ledger = Ledger(is_open=False)
        publisher = Publisher("r", "dev", "nowhere:9092", client=ledger)
        self.addCleanup(publisher.close, 0.0)
        for step in range(3):
            publisher.score(step, "t", 1.0)
            loader = torch.utils.data.DataLoader(list(range(8)), num_workers=2)
            self.assertEqual(28, sum(int(batch) for batch in loader))
        self.assertEqual(3, publisher.pending)
        ledger.open.set()
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([0, 1, 2], [event["step"] for event in ledger.events()])


class HuggingFace(HandedOver):
    def run_trainer(self, callback, save):
        """Trains, saves into checkpoint-STEP and deletes all but the last one, then calls back."""
        model, states = encoder(), {}
        args, control = Object(output_dir=str(self.folder / "run")), Object()
        state = Object(global_step=0, log_history=[])
        previous = None
        for step, loss in train(model, 4):
            state.global_step = step
            state.log_history.append({"loss": float(loss.detach()), "step": step})
            state.log_history.append({"eval_loss": 9.0, "step": step})
            if step % 2 == 0:
                folder = self.folder / "run" / f"checkpoint-{step}"
                folder.mkdir(parents=True)
                save(model.state_dict(), folder)
                states[step] = self.copy(model)
                if previous:
                    for file in previous.iterdir():
                        file.unlink()
                previous = folder
                self.assertIsNone(callback.on_save(args, state, control, model=model, optimizer=1))
                self.assertTrue(self.publisher.flush(LIMIT))
        self.assertIsNone(callback.on_train_end(args, state, control, model=model))
        return states

    def test_saved_files_are_handed_over_and_outlive_the_trainers(self):
        def safetensors(state, folder):
            save_safetensors(state, folder / "model.safetensors")

        def without_head(state, folder):
            names = export_graph(encoder(), self.folder / "names.onnx", forward=hidden_states)
            save_safetensors(state, folder / "model.safetensors", names)

        def incomplete(state, folder):
            save_safetensors(state, folder / "model.safetensors", ["linear.weight"])

        def pickled(state, folder):
            torch.save(state, str(folder / "pytorch_model.bin"))

        def sharded(state, folder):
            (folder / "model.safetensors.index.json").write_text("{}")

        def pickled_incomplete(state, folder):
            torch.save({"linear.weight": state["linear.weight"]}, str(folder / "pytorch_model.bin"))

        def pickled_with_more(state, folder):
            more = {**state, "note": [1], "parameter": torch.nn.Parameter(torch.zeros(2))}
            torch.save(more, str(folder / "pytorch_model.bin"))

        def pickled_long_ago(state, folder):
            path = str(folder / "pytorch_model.bin")
            torch.save(state, path, _use_new_zipfile_serialization=False)

        for save in (
            safetensors, without_head, incomplete, pickled, pickled_incomplete,
            pickled_with_more, pickled_long_ago, sharded,
        ):  # fmt: skip
            with self.subTest(save.__name__):
                self.setUp()
                states = self.run_trainer(huggingface.SoundingCallback(self.hand_over()), save)
                events = self.events()
                self.assertEqual([2, 4], [event["step"] for event in events])
                for event in events:
                    self.assert_weights(event, states[event["step"]])
                    self.assertLess(event["trainingLoss"], 9.0)
                links = os.stat(self.folder / "out" / events[1]["checkpointId"]).st_nlink
                self.assertEqual(2 if save is without_head else 1, links)

    def test_nothing_is_raised_whatever_the_trainer_gives(self):
        callback = huggingface.SoundingCallback(self.hand_over())
        with self.assertLogs("sounding", "WARNING"):
            callback.on_save(Object(output_dir=None), Object(global_step=1, log_history=[]), None)
            callback.on_save(None, None, None)
        self.assertEqual(2, self.publisher.dropped)


class Lightning(HandedOver):
    def test_every_n_updates_and_at_each_save(self):
        module = torch.nn.Module()
        module.encoder, module.other = encoder(), torch.nn.Linear(2, 2)
        callback = lightning.SoundingCallback(
            self.hand_over(), every_n_steps=2, module=lambda m: m.encoder, loss="loss"
        )
        trainer, states = Object(global_step=0, callback_metrics={}), {}
        batch = 0
        for step, loss in train(module.encoder, 5):
            for outputs in ({"loss": torch.tensor(8.0)}, {"loss": loss}):  # two batches an update
                trainer.global_step = step if outputs["loss"] is loss else step - 1
                callback.on_train_batch_end(trainer, module, outputs, None, batch)
                batch += 1
            trainer.callback_metrics["loss"] = loss.detach()
            states[step] = (self.copy(module.encoder), float(loss.detach()))
            if step == 5:
                callback.on_save_checkpoint(trainer, module, {"state_dict": {}})
            self.assertTrue(self.publisher.flush(LIMIT))
        callback.on_train_end(trainer, module)
        events = self.events()
        self.assertEqual([2, 4, 5], [event["step"] for event in events])
        for event in events:
            weights, loss = states[event["step"]]
            self.assertEqual(loss, event["trainingLoss"])
            self.assert_weights(event, weights)

    def test_nothing_is_raised_whatever_the_module_is(self):
        callback = lightning.SoundingCallback(self.hand_over(), module=lambda m: m.missing)
        with self.assertLogs("sounding", "WARNING"):
            callback.on_save_checkpoint(Object(global_step=1, callback_metrics={}), Object(), {})
        self.assertEqual(1, self.publisher.dropped)


class SpeechBrain(HandedOver):
    class Brain:
        """As speechbrain.Brain calls its hooks; the recipe's override does not call super()."""

        def __init__(self):
            self.modules = Object(encoder=encoder())
            self.optimizer_step = 0
            self.avg_train_loss = 0.0
            self.annealed = 0
            self.checkpointer = Object(save_checkpoint=lambda meta=None, name=None: ("saved", name))

        def on_fit_batch_end(self, batch, outputs, loss, should_step):
            self.annealed += should_step

        def fit(self, updates):
            for step, loss in train(self.modules.encoder, updates):
                self.on_fit_batch_end(None, None, loss, False)  # gradients are accumulated
                self.optimizer_step += 1
                self.avg_train_loss = float(loss.detach())
                self.on_fit_batch_end(None, None, loss, True)
                yield step, loss

    def test_every_n_updates(self):
        brain = self.Brain()
        speechbrain.attach(brain, self.hand_over(), lambda brain: brain.modules.encoder, 2)
        states = {}
        for step, loss in brain.fit(4):
            states[step] = (self.copy(brain.modules.encoder), float(loss.detach()))
            self.assertTrue(self.publisher.flush(LIMIT))
        self.assertEqual(4, brain.annealed)
        events = self.events()
        self.assertEqual([2, 4], [event["step"] for event in events])
        for event in events:
            self.assertEqual(states[event["step"]][1], event["trainingLoss"])
            self.assert_weights(event, states[event["step"]][0])

    def test_whenever_the_checkpointer_saves(self):
        brain = self.Brain()
        speechbrain.attach(brain, self.hand_over(), lambda brain: brain.modules.encoder)
        for step, _ in brain.fit(3):
            if step == 3:
                self.assertEqual(
                    ("saved", "n"), brain.checkpointer.save_checkpoint({"WER": 1.0}, name="n")
                )
        (event,) = self.events()
        self.assertEqual((3, brain.avg_train_loss), (event["step"], event["trainingLoss"]))

    def test_nothing_but_the_brains_own_errors_is_raised(self):
        brain = self.Brain()
        speechbrain.attach(brain, self.hand_over(), lambda brain: brain.missing, 1)
        del brain.optimizer_step
        with self.assertLogs("sounding", "WARNING"):
            brain.on_fit_batch_end(None, None, None, True)
        self.assertEqual(1, self.publisher.dropped)


class Imports(unittest.TestCase):
    def test_the_package_needs_neither_pytorch_nor_a_trainer(self):
        code = (
            "import sys, sounding\n"
            "for name in ('torch', 'transformers', 'lightning', 'speechbrain', 'numpy', 'kafka',"
            " 'confluent_kafka'):\n"
            "    assert name not in sys.modules, name\n"
        )
        paths = os.pathsep.join(path for path in sys.path if path)
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths},
                       check=True, timeout=LIMIT)  # fmt: skip


if __name__ == "__main__":
    unittest.main()
