"""A disk without room: producers are told so and may try again, readers go on, and all is well by itself once there is room."""
import os
import time

from confluent_kafka import KafkaError, Producer

from lib.clients import run
from lib.faults import SmallDisk, fill
from lib.harness import check, equal, true
from lib.server import Gateway

TOPIC = "filling"
VALUE = b"x" * 50_000


class Acknowledged:
    """Numbers the records of one producer and collects what becomes of them."""

    def __init__(self, broker, first, **settings):
        self.offsets, self.errors, self.number = {}, [], first
        self.producer = Producer({"bootstrap.servers": broker, "acks": "all", "linger.ms": 0, "retry.backoff.ms": 50, **settings})

    def send(self):
        number = self.number
        self.number += 1
        self.producer.produce(
            TOPIC, b"%d " % number + VALUE, partition=0, on_delivery=lambda error, message: self._done(number, error, message))

    def _done(self, number, error, message):
        if error is None:
            self.offsets[number] = message.offset()
        else:
            self.errors.append(error)


def _stored(node):
    output = run(["kcat", "-C", "-b", node.kafka, "-t", TOPIC, "-p", "0", "-o", "beginning", "-e", "-q", "-X", "check.crcs=true", "-f", "%o %s\n"])
    return [(int(offset), int(number)) for offset, number, _ in (line.split(b" ", 2) for line in output.split(b"\n") if line)]


@check("disk full: producers get KAFKA_STORAGE_ERROR, readers go on, and the broker goes on by itself when there is room")
def disk_full():
    with SmallDisk(160) as disk:
        # Eight megabytes are free once the journal has its files, so the disk is full long before the journal has to be recycled.
        node = Gateway(directory=os.path.join(disk, "data")).start()
        try:
            ballast = os.path.join(disk, "ballast")
            run([os.path.abspath(os.environ["CONFORMANCE_EXECUTABLE"]), "topic", "create", TOPIC, "-p", "1", "-X", f"brokers={node.kafka}"])
            fill(ballast, leave=8 << 20)
            impatient = Acknowledged(node.kafka, 0, **{"message.send.max.retries": 0})
            while not impatient.errors and impatient.number < 1_000:
                impatient.send()
                impatient.producer.flush(30)
            true(len(impatient.errors) == 1, f"after {impatient.number} records of 50 kB on a disk with 8 MB: {impatient.errors}")
            equal(KafkaError.KAFKA_STORAGE_ERROR, impatient.errors[0].code(), "the answer of a full disk")

            patient = Acknowledged(node.kafka, 10_000, **{"enable.idempotence": True, "message.timeout.ms": 120_000})
            for _ in range(100):
                patient.send()
            patient.producer.poll(1)
            acknowledged = {offset: number for number, offset in impatient.offsets.items()}
            read = {offset: number for offset, number in _stored(node)}
            equal(acknowledged, {offset: read.get(offset) for offset in acknowledged}, "what a reader finds while the disk is full")
            true(len(patient.offsets) < 100, "the disk took 5 MB although it was full")

            os.remove(ballast)
            end = time.monotonic() + 60
            while len(patient.offsets) < 100 and not patient.errors and time.monotonic() < end:
                patient.producer.poll(0.1)
            equal(([], 100), (patient.errors, len(patient.offsets)), "errors and acknowledgements of the producer that waited")
            stored = _stored(node)
            equal(list(range(len(stored))), [offset for offset, _ in stored], "offsets without a gap")
            equal(list(range(10_000, 10_100)), [number for _, number in stored if number >= 10_000], "records of the idempotent producer, once and in order")
            equal(0, node.stop(), "exit code after SIGTERM")
            node.start()
            equal(stored, _stored(node), "what was stored before the restart")
            print(f"     {len(acknowledged)} records before the disk was full, 100 that waited for room", flush=True)
        finally:
            node.kill()
