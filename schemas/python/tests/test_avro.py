"""The bytes that Java wrote are read, and written again, to the last one."""
import json
import pathlib
import unittest
from datetime import datetime, timezone

from sounding import avro, contracts

SCHEMAS = pathlib.Path(__file__).resolve().parents[2]
RELEASED = SCHEMAS / "src/main/resources/io/sounding/schemas/released"
GOLDEN = SCHEMAS / "src/test/resources/io/sounding/schemas/golden"
AVSC = sorted((SCHEMAS / "src/main/avro").glob("*.avsc"))


def golden(name):
    return bytes.fromhex((GOLDEN / (name + ".hex")).read_text())


def as_java_shows_it(schema, value):
    """Avro's toString: times in ISO 8601, bytes as characters."""
    if isinstance(schema, list):
        return None if value is None else as_java_shows_it(schema[1], value)
    if schema == "bytes":
        return value.decode("latin-1")
    if isinstance(schema, dict) and schema.get("logicalType") == "timestamp-millis":
        moment = datetime.fromtimestamp(value / 1000, timezone.utc)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(schema, dict) and schema["type"] == "record":
        return {f["name"]: as_java_shows_it(f["type"], value[f["name"]]) for f in schema["fields"]}
    return value


class GoldenBytes(unittest.TestCase):
    def test_there_are_golden_bytes_of_all_eight_types(self):
        self.assertEqual(8, len(AVSC))
        names = {file.name.split(".")[0] for file in GOLDEN.glob("*.hex")}
        self.assertEqual({file.stem for file in AVSC}, names)

    def test_every_released_version_is_read_as_java_reads_it(self):
        for file in sorted(GOLDEN.glob("*.hex")):
            with self.subTest(file.stem):
                name, record = avro.decode(golden(file.stem))
                self.assertEqual(file.stem.split(".")[0], name)
                schema = json.loads((RELEASED / f"{file.stem}.avsc").read_text())
                expected = json.loads(file.with_suffix(".json").read_text())
                self.assertEqual(expected, as_java_shows_it(schema, record))

    def test_the_latest_version_is_written_to_the_byte(self):
        for file in AVSC:
            name = file.stem
            latest = max(GOLDEN.glob(name + ".*.hex"), key=lambda f: int(f.name.split(".")[1])).stem
            with self.subTest(latest):
                record = avro.decode(golden(latest))[1]
                self.assertEqual(golden(latest).hex(), avro.encode(name, record).hex())

    def test_the_package_carries_the_contracts_as_they_are(self):
        for file in AVSC:
            with self.subTest(file.stem):
                schema = contracts.resolve(json.loads(file.read_text()))
                self.assertEqual(contracts.fingerprint(schema), contracts.latest(file.stem)[1])


class FingerprintOfTheSpecification(unittest.TestCase):
    def test_primitive_types(self):
        # from the test cases of the Avro project, share/test/data/schema-tests.txt
        for schema, expected in {
            "null": 7195948357588979594,
            "boolean": -6970731678124411036,
            "int": 8247732601305521295,
            "long": -3434872931120570953,
        }.items():
            actual = int.from_bytes(contracts.fingerprint(schema), "little", signed=True)
            self.assertEqual(expected, actual, schema)


class DamagedBytes(unittest.TestCase):
    def test_every_cut_is_refused_with_a_sentence(self):
        for name in ("CheckpointEvent.2", "MetricEvent.1", "CorpusSealed.1"):
            whole = golden(name)
            for length in range(len(whole)):
                with self.assertRaises(avro.DecodingError):
                    avro.decode(whole[:length])
            with self.assertRaisesRegex(avro.DecodingError, "1 bytes too many"):
                avro.decode(whole + b"\0")

    def test_an_unknown_schema_is_named(self):
        with self.assertRaisesRegex(avro.DecodingError, "0807060504030201 .*Update"):
            avro.decode(avro.MARKER + bytes(range(1, 9)) + b"\0")


class Values(unittest.TestCase):
    def test_what_does_not_fit_is_refused(self):
        event = avro.decode(golden("CheckpointEvent.2"))[1]
        for change in ({"step": 1 << 63}, {"sampleRateHz": 1 << 31}, {"runId": "\ud800"}):
            with self.subTest(str(change)), self.assertRaises(ValueError):
                avro.encode("CheckpointEvent", dict(event, **change))

    def test_extreme_numbers_survive(self):
        event = avro.decode(golden("CheckpointEvent.2"))[1]
        for change in (
            {"step": (1 << 63) - 1, "attempt": -(1 << 31)},
            {"step": -(1 << 63), "trainingLoss": float("inf"), "layers": [], "tags": {}},
            {"runId": "ü\U0001f600", "layers": None, "trainingLoss": None},
        ):
            expected = dict(event, **change)
            actual = avro.decode(avro.encode("CheckpointEvent", expected))[1]
            self.assertEqual(expected, actual)


if __name__ == "__main__":
    unittest.main()
