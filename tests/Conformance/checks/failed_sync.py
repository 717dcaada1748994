"""A sync that fails: what the disk holds since is unknown, so the broker takes nothing more, says so, and a restart finds all it had promised."""
import os

from confluent_kafka import KafkaError, Producer

from lib.clients import run
from lib.faults import SYNCS, Failing
from lib.harness import check, equal, true
from lib.server import Gateway

TOPIC = "synced"


def _produce(node, value):
    """The error of one record, None when it was acknowledged."""
    errors = []
    producer = Producer({"bootstrap.servers": node.kafka, "acks": "all", "linger.ms": 0, "message.send.max.retries": 0, "message.timeout.ms": 5_000})
    producer.produce(TOPIC, value, partition=0, on_delivery=lambda error, _: errors.append(error))
    producer.flush(30)
    equal(1, len(errors), f"answers for {value}")
    return errors[0]


@check("failed sync: the broker refuses all writes from then on, says why, and loses nothing it had acknowledged")
def failed_sync():
    node = Gateway().start()
    try:
        run([os.path.abspath(os.environ["CONFORMANCE_EXECUTABLE"]), "topic", "create", TOPIC, "-p", "1", "-X", f"brokers={node.kafka}"])
        for number in range(20):
            equal(None, _produce(node, b"before %d" % number), "error of a record on a sound disk")
        with Failing(node.pid(), SYNCS, "EIO"):
            error = _produce(node, b"while it fails")
            true(error is not None and error.code() == KafkaError.KAFKA_STORAGE_ERROR, f"the answer when the sync failed: {error}")
        # The disk is sound again, but nobody knows what it dropped: a second sync would report success for bytes that are gone.
        error = _produce(node, b"after it failed")
        # A client that comes now is told that the partition has no leader, and gives up when its time is over.
        true(error is not None and error.code() in (KafkaError.KAFKA_STORAGE_ERROR, KafkaError._MSG_TIMED_OUT), f"the answer after a failed sync: {error}")
        log = node.log_tail()
        true("is offline" in log and node.directory in log, f"the log says that the directory is offline: {log}")
        node.kill()
        node.start()
        equal(None, _produce(node, b"after the restart"), "error of a record after the restart")
        output = run(["kcat", "-C", "-b", node.kafka, "-t", TOPIC, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%s\n"]).decode().splitlines()
        # What was never acknowledged may be there or not; what was has to be, first and in order.
        equal([f"before {number}" for number in range(20)], output[:20], "records from before the failure")
        equal("after the restart", output[-1], "the last record")
        true(set(output[20:-1]) <= {"while it fails"}, f"records nobody was promised: {output[20:-1]}")
    finally:
        node.kill()
