"""A plain Kafka consumer of metric events."""
import time
from typing import Any, Dict, Iterator, Optional

from . import avro

SILENCE_LIMIT_S = 30.0


def read_metrics(
    bootstrap: str,
    topics: str = "sounding",
    *,
    follow: bool = False,
    kafka_config: Optional[Dict[str, Any]] = None,
) -> Iterator[Dict[str, Any]]:
    """The committed metric events, from the first one on, as dicts by the fields of MetricEvent.

    Metric events are written in transactions, so only a consumer that asks for
    isolation.level=read_committed is spared those of attempts that failed. kafka-python 2.0 cannot
    ask for it, so this needs confluent_kafka.

    :param bootstrap: Kafka's host:port, comma-separated
    :param topics: prefix of the topics
    :param follow: whether to wait for further events, for ever; False: ends with what there is now,
        or fails when Kafka says nothing for 30 s on the way
    :param kafka_config: settings of librdkafka, such as TLS
    :raises ImportError: confluent_kafka is not installed
    :raises confluent_kafka.KafkaException: Kafka is out of reach, or has no such topic
    :raises TimeoutError: Kafka stopped answering before the end was read
    :raises sounding.avro.DecodingError: a record is damaged, or of a newer version
    """
    try:
        import confluent_kafka
    except ImportError as missing:
        raise ImportError(
            "Metric events are read with confluent_kafka, which is not installed. "
            "Install confluent-kafka."
        ) from missing

    consumer = confluent_kafka.Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "sounding-read-metrics",  # must be there; nothing is committed under it
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",  # where a topic was made anew; else what it holds is skipped
            "enable.partition.eof": True,
            **(kafka_config or {}),
        }
    )
    try:
        topic = consumer.list_topics(topics + ".metrics", timeout=15).topics[topics + ".metrics"]
        if topic.error is not None:
            raise confluent_kafka.KafkaException(topic.error)
        start = confluent_kafka.OFFSET_BEGINNING
        consumer.assign(
            [confluent_kafka.TopicPartition(topic.topic, p, start) for p in topic.partitions]
        )
        unread = set(topic.partitions)
        heard = time.monotonic()
        while follow or unread:
            message = consumer.poll(1.0)
            if message is None:
                if not follow and time.monotonic() - heard > SILENCE_LIMIT_S:
                    raise TimeoutError(
                        f"Kafka at {bootstrap} stopped answering while topic {topic.topic} was "
                        "read. Check that it runs, then try again."
                    )
                continue
            if message.error() is None:
                if message.value() is not None:  # else: all that is left of a key
                    yield avro.decode(message.value())[1]
                heard = time.monotonic()  # whoever takes the event may have taken long
            elif message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF:
                unread.discard(message.partition())
                heard = time.monotonic()
            elif not message.error().retriable() or message.error().fatal():
                raise confluent_kafka.KafkaException(message.error())
    finally:
        consumer.close()
