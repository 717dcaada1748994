"""Reads numbers, doubles them, and writes them with the offsets in one transaction; begins anew from what is committed whenever something fails.

Usage: exactly_once_loop.py BROKER SOURCE TARGET COUNT. Prints "COMMITTED n", the transactions committed since the last failure.
"""
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

broker, source, target, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
GROUP = "exactly-once"
BATCH = 20


def work():
    """One life of the loop; returns how far it came."""
    producer = Producer({"bootstrap.servers": broker, "transactional.id": "exactly-once", "transaction.timeout.ms": 20000, "linger.ms": 0})
    consumer = Consumer({
        "bootstrap.servers": broker, "group.id": GROUP, "enable.auto.commit": False, "auto.offset.reset": "earliest",
        "isolation.level": "read_committed"})
    try:
        producer.init_transactions(30)
        committed = consumer.committed([TopicPartition(source, 0)], timeout=30)[0]
        position = max(0, committed.offset)
        consumer.assign([TopicPartition(source, 0, position)])
        done = 0
        while position < count:
            messages = [m for m in consumer.consume(BATCH, timeout=5) if m.error() is None]
            if not messages:
                continue
            producer.begin_transaction()
            for message in messages:
                producer.produce(target, value=str(int(message.value()) * 2), partition=0)
            position = messages[-1].offset() + 1
            producer.send_offsets_to_transaction([TopicPartition(source, 0, position)], consumer.consumer_group_metadata(), 30)
            producer.commit_transaction(30)
            done += 1
            print("COMMITTED", done, flush=True)
        return position
    finally:
        consumer.close()


deadline = time.monotonic() + 100
position = 0
while position < count and time.monotonic() < deadline:
    try:
        position = work()
    except KafkaException:
        time.sleep(0.1)
sys.exit(0 if position >= count else 1)
