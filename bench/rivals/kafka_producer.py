"""Sends records to one partition of Kafka; acks=all."""

import sys
import time

import producing
from confluent_kafka import Consumer, Producer, TopicPartition

TOPIC = "records"
QUEUED_MAX = 20 * producing.RECORDS_PER_CALL  # keeps its five requests under way, no more
FLUSH_SECONDS_MAX = 60


def main() -> None:
    port, number = sys.argv[1], int(sys.argv[2])
    server = {"bootstrap.servers": f"127.0.0.1:{port}"}
    failures = []
    producer = Producer(server | {
        "acks": "all",
        "max.in.flight.requests.per.connection": producing.CALLS_UNDER_WAY,
        "batch.num.messages": producing.RECORDS_PER_CALL,
        "linger.ms": 5,
        "delivery.report.only.error": True,
        "on_delivery": lambda error, _: failures.append(error),
    })  # fmt: skip
    consumer = Consumer(server | {"group.id": "count"})
    producer.list_topics(TOPIC, timeout=30)
    records = producing.Records(number)
    sent = 0

    def send(end: float) -> tuple[int, int]:
        nonlocal sent
        before = sent
        while time.monotonic() < end and not failures:
            if len(producer) > QUEUED_MAX:
                producer.poll(0.001)
                continue
            for record in records.take():
                producer.produce(TOPIC, record, partition=number)
            sent += producing.RECORDS_PER_CALL
        if producer.flush(FLUSH_SECONDS_MAX) or failures:
            raise RuntimeError(f"not every record was acknowledged: {failures[:1]}")
        _, kept = consumer.get_watermark_offsets(TopicPartition(TOPIC, number), timeout=30)
        return sent - before, kept

    producing.serve(send)


if __name__ == "__main__":
    main()
