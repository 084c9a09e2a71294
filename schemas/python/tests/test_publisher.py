"""The publisher never raises and never waits, and counts what it could not publish."""
import hashlib
import io
import math
import os
import pathlib
import threading
import time
import unittest
import zipfile

from ledger import LIMIT, ONNX, SAFETENSORS, Ledger, PublisherTest
from sounding import Publisher, records
from sounding.checkpoints import default_id
from sounding.clients import Refused
from sounding.files import NotWhole, sha256_of_whole


class Records(PublisherTest):
    def test_a_checkpoint_carries_all_that_was_said(self):
        path = self.file("step 400.onnx")
        publisher = self.publisher()
        publisher.checkpoint(
            400, path, 3.5, layers=(0, -1), sample_rate=8000, normalise=True, tags={"lr": 1e-3}
        )
        self.assertTrue(publisher.flush(LIMIT))
        ((topic, key, _),) = self.ledger.records
        self.assertEqual(("sounding.checkpoints", b"run+a"), (topic, key))
        (event,) = self.ledger.events()
        self.assertLess(abs(event.pop("publishedAt") / 1000 - time.time()), 600)
        self.assertEqual(
            {
                "runId": "run a",
                "checkpointId": "step 400.onnx",
                "step": 400,
                "corpusId": "dev",
                "modelUri": f"file:{self.folder}/step 400.onnx",
                "modelFormat": "ONNX",
                "modelSha256": hashlib.sha256(ONNX).hexdigest(),
                "sampleRateHz": 8000,
                "inputNormalisation": "ZERO_MEAN_UNIT_VARIANCE",
                "layers": [0, -1],
                "trainingLoss": 3.5,
                "attempt": 0,
                "tags": {"lr": "0.001"},
                "weightsUri": None,
                "weightsSha256": None,
            },
            event,
        )

    def test_weights_name_their_graph(self):
        graph, weights = self.file("graph.onnx"), self.file("step1.safetensors", SAFETENSORS)
        publisher = self.publisher(uri_of=lambda path: path.replace(str(self.folder), "s3://b"))
        publisher.checkpoint(1, weights, graph=graph)
        publisher.checkpoint(2, weights, graph="s3://b/other.onnx", checkpoint_id="x", uri="s3://w")
        self.assertTrue(publisher.flush(LIMIT))
        one, two = self.ledger.events()
        self.assertEqual(
            ("s3://b/graph.onnx", hashlib.sha256(ONNX).hexdigest()),
            (one["modelUri"], one["modelSha256"]),
        )
        self.assertEqual(
            ("s3://b/step1.safetensors", hashlib.sha256(SAFETENSORS).hexdigest()),
            (one["weightsUri"], one["weightsSha256"]),
        )
        self.assertEqual(("s3://b/other.onnx", None), (two["modelUri"], two["modelSha256"]))
        self.assertEqual(("x", "s3://w"), (two["checkpointId"], two["weightsUri"]))

    def test_a_checkpoint_that_was_written_again_is_another_attempt(self):
        publisher = self.publisher()
        for attempt, content in ((0, ONNX), (1, ONNX + ONNX)):
            publisher.checkpoint(400, self.file("400.onnx", content), attempt=attempt)
            self.assertTrue(publisher.flush(LIMIT))
        first, second = self.ledger.events()
        self.assertEqual((0, 1), (first["attempt"], second["attempt"]))
        self.assertEqual(first["checkpointId"], second["checkpointId"])
        self.assertNotEqual(first["modelSha256"], second["modelSha256"])

    def test_a_name_that_stood_for_another_step_is_refused(self):
        publisher = self.publisher()
        last = self.file("last.onnx")
        publisher.checkpoint(100, last)
        with self.assertLogs("sounding", "WARNING") as logs:
            publisher.checkpoint(200, last)
        self.assertIn("last.onnx was published for step 100", logs.output[0])
        publisher.checkpoint(200, last, attempt=1)
        publisher.checkpoint(300, last, checkpoint_id="step300")
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([100, 200, 300], [event["step"] for event in self.ledger.events()])

    def test_a_name_that_was_never_published_is_free(self):
        publisher = self.publisher()
        with self.assertLogs("sounding", "WARNING"):
            publisher.checkpoint(100, self.folder / "last.onnx")
            self.assertTrue(publisher.flush(LIMIT))
        publisher.checkpoint(200, self.file("last.onnx"))
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([200], [event["step"] for event in self.ledger.events()])

    def test_a_file_is_told_apart_by_its_name_or_by_its_folders(self):
        for path, expected in (
            ("/r/step00400.pt", "step00400.pt"),
            ("/r/checkpoint-500/model.safetensors", "checkpoint-500/model.safetensors"),
            ("/r/checkpoint-500/step500.pt", "step500.pt"),
            ("/r/best/model.pt", "model.pt"),
        ):
            self.assertEqual(expected, default_id(path))

    def test_a_link_stands_for_what_it_leads_to_now(self):
        publisher = self.publisher()
        link = pathlib.Path(self.file("step400.onnx")).with_name("latest.onnx")
        for step in (400, 800):
            target = self.file(f"step{step}.onnx")
            link.unlink(missing_ok=True)
            link.symlink_to(target)
            publisher.checkpoint(step, link)
            self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual(
            ["step400.onnx", "step800.onnx"], [e["checkpointId"] for e in self.ledger.events()]
        )
        self.assertTrue(self.ledger.events()[1]["modelUri"].endswith("/step800.onnx"))

    def test_links_among_the_folders_of_a_link_stay_in_its_uri(self):
        target = pathlib.Path(self.file("step400.onnx"))
        target.with_name("latest.onnx").symlink_to("step400.onnx")
        known = target.parent / "known"
        known.symlink_to(target.parent, target_is_directory=True)
        publisher = self.publisher()
        publisher.checkpoint(400, known / "latest.onnx")
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual(f"file:{known}/step400.onnx", self.ledger.events()[0]["modelUri"])

    def test_a_link_into_a_cache_of_files_without_endings_keeps_its_name(self):
        link = pathlib.Path(self.file("blob")).with_name("step400.onnx")
        link.symlink_to("blob")
        publisher = self.publisher()
        publisher.checkpoint(400, link)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual("step400.onnx", self.ledger.events()[0]["checkpointId"])

    def test_a_loss_that_is_no_number_is_published_as_it_is(self):
        publisher = self.publisher()
        publisher.checkpoint(1, self.file("1.onnx"), float("nan"))
        self.assertTrue(publisher.flush(LIMIT))
        self.assertTrue(math.isnan(self.ledger.events()[0]["trainingLoss"]))

    def test_scores_go_to_their_topic(self):
        publisher = self.publisher(topics="t")
        publisher.score(7, "asr-wer", 12)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual(("t.scores", b"run+a/7/asr-wer"), self.ledger.records[0][:2])
        self.assertEqual(12.0, self.ledger.events()[0]["value"])

    def test_keys_are_encoded_as_java_does(self):
        # expected: java.net.URLEncoder.encode(text, UTF_8) of OpenJDK 17
        self.assertEqual(
            b"a+b*c-d_e.f%7Eg%2Fh%25i%C3%BC%F0%9F%98%80/%2B%3D%27%28%29%21",
            records.key("a b*c-d_e.f~g/h%iü\U0001f600", "+='()!"),
        )


class NeverRaises(PublisherTest):
    def test_what_the_job_would_refuse_is_dropped_with_a_sentence(self):
        publisher = self.publisher()
        path = self.file("1.onnx")
        with self.assertLogs("sounding", "WARNING") as logs:
            for wrong in (
                lambda: publisher.checkpoint(-1, path),
                lambda: publisher.checkpoint("one", path),
                lambda: publisher.checkpoint(400.7, path),
                lambda: publisher.checkpoint(1, path, uri=" "),
                lambda: publisher.checkpoint(1, path, uri="s3://b/" + "x" * 4090),
                lambda: publisher.checkpoint(1, "s3://b/1.onnx"),
                lambda: publisher.checkpoint(1, None),
                lambda: publisher.checkpoint(1, path, "high"),
                lambda: publisher.checkpoint(1, path, layers=[]),
                lambda: publisher.checkpoint(1, path, layers=[0, 0]),
                lambda: publisher.checkpoint(1, path, sample_rate=0),
                lambda: publisher.checkpoint(1, path, attempt=-1),
                lambda: publisher.checkpoint(1, path, attempt=1 << 31),
                lambda: publisher.checkpoint(1, path, checkpoint_id="a\n"),
                lambda: publisher.checkpoint(1, path, tags={"t": "x" * 900_000}),
                lambda: publisher.checkpoint(1, path, graph=path),
                lambda: publisher.checkpoint(1, self.file("1.safetensors", SAFETENSORS)),
                lambda: publisher.checkpoint(1, self.folder / "missing1.onnx"),
                lambda: publisher.checkpoint(1, self.folder),
                lambda: publisher.score(1, "", 1.0),
                lambda: publisher.score(1, "t" * 201, 1.0),
                lambda: publisher.score(1, "t", None),
                lambda: publisher.score(1, "t", math.nan),
                lambda: publisher.score(1, "t", -math.inf),
                lambda: publisher.score(1 << 63, "t", 1.0),
            ):
                before = publisher.dropped
                wrong()
                self.assertTrue(publisher.flush(LIMIT))
                self.assertEqual(before + 1, publisher.dropped)
        self.assertEqual([], self.ledger.records)
        self.assertLessEqual(len(logs.output), 3)  # one of each kind
        self.assertIn("is not published: The step is -1; it must not be negative.", logs.output[0])

    def test_a_state_dict_is_not_taken_for_a_model(self):
        path = self.folder / "1.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", b"")
        publisher = self.publisher()
        with self.assertLogs("sounding", "WARNING") as logs:
            publisher.checkpoint(1, path)
            self.assertTrue(publisher.flush(LIMIT))
        self.assertIn("neither ONNX (.onnx) nor TorchScript", logs.output[0])
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("archive/constants.pkl", b"")
        publisher.checkpoint(1, path)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual("TORCHSCRIPT", self.ledger.events()[0]["modelFormat"])

    def test_ids_that_cannot_be_are_refused_at_once(self):
        for run in ("", " ", "a" * 201, "a\tb"):
            with self.subTest(run), self.assertRaises(ValueError):
                Publisher(run, "dev", "nowhere:9092", client=self.ledger)

    def test_a_missing_client_is_told_at_once(self):
        with self.assertRaisesRegex(ImportError, "no_such_client"):
            Publisher("r", "dev", "nowhere:9092", client="no_such_client")


class WholeFiles(PublisherTest):
    def test_a_file_that_is_being_written_is_published_when_it_is_whole(self):
        path = self.file("1.safetensors", SAFETENSORS[:-2])
        graph = self.file("graph.onnx")
        publisher = self.publisher()
        publisher.checkpoint(1, path, graph=graph)
        publisher.score(1, "after", 1.0)
        self.wait(lambda: self.ledger.records)  # the score is not held up
        self.assertEqual("sounding.scores", self.ledger.records[0][0])
        path.write_bytes(SAFETENSORS)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual(
            hashlib.sha256(SAFETENSORS).hexdigest(), self.ledger.events()[1]["weightsSha256"]
        )

    def test_what_is_cut_is_found_out_and_what_is_whole_is_not(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as writer:
            writer.writestr("archive/constants.pkl", b"1")
        demo = pathlib.Path(__file__).parents[3] / "jobs/demo/runs/healthy/step00000.onnx"
        for name, whole in (
            ("1.onnx", ONNX),
            ("1.onnx", demo.read_bytes()),
            ("1.safetensors", SAFETENSORS),
            ("1.pt", archive.getvalue()),
        ):
            path = str(self.file(name, whole))
            self.assertEqual(hashlib.sha256(whole).hexdigest(), sha256_of_whole(path))
            for length in {0, 1, 7, 8, len(whole) // 2, len(whole) - 1}:
                if length < len(whole):
                    with self.assertRaises(NotWhole, msg=f"{name}, {length} bytes"):
                        sha256_of_whole(str(self.file(name, whole[:length])))

    def test_a_file_is_written_under_another_name_until_it_is_whole(self):
        seen = []

        def write(temporary):
            pathlib.Path(temporary).write_bytes(ONNX)
            seen.extend(os.listdir(self.folder))

        publisher = self.publisher()
        publisher.checkpoint(1, self.folder / "1.onnx", write=write)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([f".1.onnx.{os.getpid()}.tmp"], seen)
        self.assertEqual(["1.onnx"], os.listdir(self.folder))
        self.assertEqual(1, publisher.published)

    def test_a_write_that_fails_leaves_nothing_behind(self):
        def write(temporary):
            pathlib.Path(temporary).write_bytes(b"ha")
            raise OSError("No space left on device")

        publisher = self.publisher()
        with self.assertLogs("sounding", "WARNING") as logs:
            publisher.checkpoint(1, self.folder / "1.onnx", write=write)
            self.assertTrue(publisher.flush(LIMIT))
        self.assertIn("No space left on device", logs.output[0])
        self.assertEqual([], os.listdir(self.folder))

    def test_only_two_copies_of_weights_wait_for_a_slow_disk(self):
        disk = threading.Event()
        written = []

        def write(temporary):
            disk.wait(LIMIT)
            pathlib.Path(temporary).write_bytes(ONNX)
            written.append(temporary)

        publisher = self.publisher()
        with self.assertLogs("sounding", "WARNING") as logs:
            for step in range(5):
                publisher.checkpoint(step, self.folder / f"{step}.onnx", write=write)
        self.assertIn("Publish less often", logs.output[0])
        self.assertEqual(3, publisher.dropped)
        disk.set()
        self.assertTrue(publisher.flush(LIMIT))
        publisher.checkpoint(5, self.folder / "5.onnx", write=write)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([0, 1, 5], [event["step"] for event in self.ledger.events()])


class KafkaIsDown(PublisherTest):
    def test_records_wait_and_arrive_in_order(self):
        ledger = Ledger(is_open=False)
        publisher = self.publisher(ledger)
        with self.assertLogs("sounding", "WARNING") as logs:
            for step in range(100):
                publisher.score(step, "t", 1.0)
            self.wait(lambda: logs.output)
            self.assertFalse(publisher.flush(0.0))
        self.assertEqual((0, 0, 100), (publisher.published, publisher.dropped, publisher.pending))
        self.assertEqual(1, len(logs.output))
        self.assertIn("Kafka at nowhere:9092 did not take the score of t at step 0", logs.output[0])
        ledger.open.set()
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual(list(range(100)), [event["step"] for event in ledger.events()])
        self.assertEqual((100, 0), (publisher.published, publisher.dropped))

    def test_the_oldest_give_way_when_too_many_wait(self):
        ledger = Ledger(is_open=False)
        publisher = self.publisher(ledger, capacity=10)
        with self.assertLogs("sounding", "WARNING"):
            publisher.score(0, "t", 1.0)
            self.assertTrue(ledger.attempted.wait(LIMIT))  # it is in hand, and does not give way
            for step in range(1, 31):
                publisher.score(step, "t", 1.0)
        self.assertEqual((20, 11), (publisher.dropped, publisher.pending))
        ledger.open.set()
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([0, *range(21, 31)], [event["step"] for event in ledger.events()])

    def test_a_topic_that_takes_nothing_does_not_hold_up_the_other(self):
        for closed, open_one in (("scores", "checkpoints"), ("checkpoints", "scores")):
            with self.subTest(closed), self.assertLogs("sounding", "WARNING") as logs:
                ledger = Ledger(closed_topics=[f"sounding.{closed}"])
                publisher = self.publisher(ledger)
                publisher.score(1, "t", 1.0)
                publisher.checkpoint(2, self.file("2.onnx"))
                self.wait(lambda: ledger.records and logs.output)
                self.assertEqual(
                    [f"sounding.{open_one}"], [topic for topic, _, _ in ledger.records]
                )
                self.assertIn(f"into the topic sounding.{closed} (the ledger", logs.output[0])
                self.assertFalse(publisher.flush(0.0))
                self.assertEqual((1, 0, 1), self.counts(publisher))
                ledger.closed_topics.clear()
                self.assertTrue(publisher.flush(LIMIT))
                self.assertEqual((2, 0, 0), self.counts(publisher))

    def test_what_waits_at_the_end_is_counted_as_dropped(self):
        publisher = self.publisher(Ledger(is_open=False))
        with self.assertLogs("sounding", "WARNING"):
            for step in range(3):
                publisher.score(step, "t", 1.0)
            publisher.close(0.0)
            publisher.score(3, "t", 1.0)
        self.assertEqual((4, 0), (publisher.dropped, publisher.pending))

    def test_what_close_gave_up_is_counted_once_whatever_becomes_of_it(self):
        workers = []

        def hangs_then_fails(failure, reached):
            workers.append(threading.current_thread())
            reached.set()
            go_on.wait(LIMIT)
            if failure is not None:
                raise failure

        for failure in (Refused("no"), None):
            with self.subTest(failure), self.assertLogs("sounding", "WARNING"):
                go_on, files, kafka = threading.Event(), threading.Event(), Ledger()
                kafka.send = lambda *_: hangs_then_fails(failure, kafka.attempted)
                publisher = self.publisher(kafka)
                publisher.score(1, "t", 1.0)
                publisher.checkpoint(
                    2, self.folder / "2.onnx", write=lambda _: hangs_then_fails(failure, files)
                )
                self.assertTrue(kafka.attempted.wait(LIMIT) and files.wait(LIMIT))
                publisher.close(0.0)
                self.assertEqual((0, 2), (publisher.published, publisher.dropped))
                go_on.set()
                for worker in workers:
                    worker.join(LIMIT)
                self.assertEqual((0, 2), (publisher.published, publisher.dropped))

    def test_a_thread_that_cannot_be_started_leaves_nothing_waiting(self):
        publisher = self.publisher()
        size = threading.stack_size(1 << 47)  # bytes: all that a process can address
        self.addCleanup(threading.stack_size, size)
        with self.assertLogs("sounding", "WARNING") as logs:
            publisher.score(1, "t", 1.0)
        threading.stack_size(size)
        self.assertIn("can't start new thread", logs.output[0])
        self.assertEqual((0, 1), (publisher.pending, publisher.dropped))
        publisher.score(2, "t", 1.0)
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual([2], [event["step"] for event in self.ledger.events()])

    def test_whatever_a_client_throws_the_thread_lives_on(self):
        ledger = Ledger()
        ledger.send = lambda *_: ledger.attempted.set() or 1 / 0
        publisher = self.publisher(ledger)
        publisher.score(1, "t", 1.0)
        self.assertTrue(ledger.attempted.wait(LIMIT))
        self.assertFalse(publisher.flush(0.0))
        del ledger.send
        self.assertTrue(publisher.flush(LIMIT))
        self.assertEqual(1, publisher.published)


if __name__ == "__main__":
    unittest.main()
