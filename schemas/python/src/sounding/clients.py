"""The Kafka clients that may be installed, each as one that sends a record and waits for it.

Records are sent one at a time and again after a failure, so their order holds and a record may
come twice; the job ignores a checkpoint event that is repeated, and a score replaces itself.
"""
import logging
import time
from threading import Event
from typing import Any, Callable, Dict, List, Union

_SEND_SECONDS = 10.0
_SLACK_SECONDS = 3.0  # clients look at their own limits once in a while only
_SLICE_SECONDS = 0.05

# "confluent_kafka", "kafka" (kafka-python), or what makes a client of bootstrap and settings
ClientChoice = Union[None, str, Callable[[str, Dict[str, Any]], Any]]


class NotSent(Exception):
    """The record did not reach Kafka; trying again may help. The message says why."""


class Refused(Exception):
    """Kafka does not take this record, however often it is tried. The message says why."""


def factory(choice: ClientChoice) -> Callable[[str, Dict[str, Any]], Any]:
    """What makes a client, or the one that is installed.

    :raises ImportError: with a sentence, if there is none
    """
    if callable(choice):
        return choice
    makers = {"confluent_kafka": ConfluentClient, "kafka": KafkaPythonClient}
    for name in makers if choice is None else [choice]:
        try:
            __import__(name)
        except ImportError:
            continue
        return makers[name]
    raise ImportError(
        f"No Kafka client is installed ({' or '.join(makers) if choice is None else choice}). "
        "Install confluent-kafka or kafka-python."
    )


class ConfluentClient:
    """confluent_kafka, with the settings of librdkafka."""

    def __init__(self, bootstrap: str, settings: Dict[str, Any]):
        import confluent_kafka

        self._kafka = confluent_kafka
        # a callback that referred to this client would make a cycle, which is collected at any time in
        # any thread, and a producer's end waits for its threads
        self._troubles = troubles = [""]
        self._producer = confluent_kafka.Producer(
            {
                "bootstrap.servers": bootstrap,
                "client.id": "sounding-publisher",
                "acks": "all",
                "linger.ms": 0,
                "message.timeout.ms": int(_SEND_SECONDS * 1000),
                # a topic that is not there is told as such, and before the message times out
                "topic.metadata.propagation.max.ms": int(_SEND_SECONDS * 1000 / 2),
                "log_level": 0,  # librdkafka tells standard error of every connection that fails
                "error_cb": lambda error: troubles.__setitem__(0, error.str()),
                **settings,
            }
        )

    def send(self, topic: str, key: bytes, value: bytes, give_up: Event) -> None:
        """Returns when Kafka has the record.

        :raises NotSent, Refused: it has not
        """
        outcome: List[Any] = []
        try:
            self._producer.produce(
                topic, value, key, on_delivery=lambda error, _: outcome.append(error)
            )
        except self._kafka.KafkaException as failure:
            outcome.append(failure.args[0])
        deadline = time.monotonic() + _SEND_SECONDS + _SLACK_SECONDS
        while not outcome and time.monotonic() < deadline and not give_up.is_set():
            self._producer.poll(_SLICE_SECONDS)
        if not outcome:
            self._producer.purge()
            raise NotSent(self._troubles[0] or "it did not answer")
        error = outcome[0]
        if error is None:
            return
        if error.code() in (
            self._kafka.KafkaError.MSG_SIZE_TOO_LARGE,
            self._kafka.KafkaError.INVALID_RECORD,
        ):
            raise Refused(error.str())
        raise NotSent("; ".join(filter(None, [error.str(), self._troubles[0]])))

    def close(self) -> None:
        """Lets go of the connection; what was not delivered is forgotten."""
        self._producer.purge()


class KafkaPythonClient:
    """kafka-python, with its own settings; dots in their names are taken as underscores."""

    def __init__(self, bootstrap: str, settings: Dict[str, Any]):
        import kafka

        logger = logging.getLogger("kafka")
        if logger.level == logging.NOTSET:  # it warns of every connection that fails
            logger.setLevel(logging.CRITICAL)
        self._errors = kafka.errors
        self._producer = kafka.KafkaProducer(
            **{
                "bootstrap_servers": bootstrap.split(","),
                "client_id": "sounding-publisher",
                "acks": "all",
                "max_block_ms": int(_SEND_SECONDS * 1000 / 2),
                "request_timeout_ms": int(_SEND_SECONDS * 1000),
                **{name.replace(".", "_"): value for name, value in settings.items()},
            }
        )

    def send(self, topic: str, key: bytes, value: bytes, give_up: Event) -> None:
        """Returns when Kafka has the record.

        :raises NotSent, Refused: it has not
        """
        done = Event()
        try:
            future = self._producer.send(topic, value=value, key=key)
            future.add_both(lambda _: done.set())
            deadline = time.monotonic() + _SEND_SECONDS + _SLACK_SECONDS
            while not done.wait(_SLICE_SECONDS):
                if time.monotonic() > deadline or give_up.is_set():
                    raise NotSent("it did not answer")
            if future.failed():
                raise future.exception
        except (
            self._errors.MessageSizeTooLargeError,
            self._errors.RecordListTooLargeError,
        ) as failure:
            raise Refused(str(failure)) from failure
        except self._errors.KafkaError as failure:
            raise NotSent(str(failure)) from failure

    def close(self) -> None:
        """Lets go of the connection; what was not delivered is forgotten."""
        self._producer.close(timeout=0)
