"""
An idempotent acks=all producer (librdkafka) that outlives its broker: it numbers its records, writes every acknowledgement to
standard output as "ACK number partition offset", and ends when its standard input does.

Usage: python3 load.py BROKER TOPIC PARTITIONS
"""
import sys
import threading

from confluent_kafka import Producer


def main():
    broker, topic, partitions = sys.argv[1], sys.argv[2], int(sys.argv[3])
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    producer = Producer({
        "bootstrap.servers": broker, "enable.idempotence": True, "acks": "all", "linger.ms": 1, "message.timeout.ms": 120000,
        "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 100, "retry.backoff.ms": 20, "queue.buffering.max.messages": 2000})

    def delivered(number, error, message):
        if error is not None:
            print(f"ERROR {number} {error}", flush=True)
        else:
            print(f"ACK {number} {message.partition()} {message.offset()}", flush=True)

    number = 0
    while not stop.is_set():
        try:
            producer.produce(
                topic, str(number).encode(), partition=number % partitions, on_delivery=lambda e, m, n=number: delivered(n, e, m))
            number += 1
        except BufferError:
            producer.poll(0.01)
            continue
        producer.poll(0 if number % 50 else 0.002)
    left = producer.flush(60)
    print(f"DONE {number} {left}", flush=True)


main()
