"""Transactions with real clients: librdkafka and kafkajs write, kcat and librdkafka read on both isolation levels, through kills of the node."""
import http.client
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from lib.clients import node as javascript
from lib.clients import run
from lib.harness import check, equal, true
from lib.server import EXECUTABLE, Gateway, shared

ROUNDS = int(os.environ.get("TRANSACTION_KILL_ROUNDS", "3"))
LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib")


def _producer(broker, identifier, **options):
    producer = Producer({"bootstrap.servers": broker, "transactional.id": identifier, "linger.ms": 0, **options})
    producer.init_transactions(30)
    return producer


def _send(producer, topic, *values, partition=0):
    for value in values:
        producer.produce(topic, value=value, partition=partition)
    producer.flush(30)


def _read(broker, topic, level, partition=0):
    """All values a reader of that isolation level is left with, by kcat."""
    output = run(["kcat", "-C", "-b", broker, "-t", topic, "-p", str(partition), "-o", "beginning", "-e", "-q",
                  "-X", f"isolation.level={level}", "-X", "check.crcs=true", "-f", "%s\n"])
    return output.decode().splitlines()


def _consume(broker, topic, *arguments):
    """The same by our own command line."""
    return run([os.path.abspath(EXECUTABLE), "topic", "consume", topic, "-o", ":end", "-f", "%v\\n", *arguments, "-X", f"brokers={broker}"]
               ).decode().splitlines()


@check("transactions: librdkafka commits and aborts, kcat reads both isolation levels")
def commit_and_abort():
    broker, topic = shared().kafka, "transactions-both"
    run(["kcat", "-P", "-b", broker, "-t", topic, "-p", "0"], input=b"plain\n")
    producer = _producer(broker, "conformance-both")
    producer.begin_transaction()
    _send(producer, topic, "a", "b")
    equal(["plain"], _read(broker, topic, "read_committed"), "an open transaction is not read")
    producer.commit_transaction(30)
    producer.begin_transaction()
    _send(producer, topic, "c")
    producer.abort_transaction(30)
    producer.begin_transaction()
    _send(producer, topic, "d")
    producer.commit_transaction(30)
    equal(["plain", "a", "b", "d"], _read(broker, topic, "read_committed"), "what is committed")
    equal(["plain", "a", "b", "c", "d"], _read(broker, topic, "read_uncommitted"), "everything")
    equal(["plain", "a", "b", "d"], _consume(broker, topic, "--read-committed"), "what is committed, by the command line")
    equal(["plain", "a", "b", "c", "d"], _consume(broker, topic), "everything, by the command line")


@check("transactions: a second producer of the same id fences the first")
def fencing():
    broker, topic = shared().kafka, "transactions-fence"
    first = _producer(broker, "conformance-fence")
    first.begin_transaction()
    _send(first, topic, "old")
    second = _producer(broker, "conformance-fence")
    second.begin_transaction()
    _send(second, topic, "new")
    second.commit_transaction(30)
    try:
        first.commit_transaction(30)
        raise AssertionError("the fenced producer could commit")
    except KafkaException as refused:
        true(refused.args[0].fatal(), f"the first producer is told for good: {refused}")
    equal(["new"], _read(broker, topic, "read_committed"), "only the second producer's record is committed")


@check("transactions: one that nobody ends is aborted after its timeout")
def timeout():
    gateway = Gateway("--set", "transaction.abort.timed.out.transaction.cleanup.interval.ms=200").start()
    try:
        broker, topic = gateway.kafka, "transactions-timeout"
        producer = _producer(broker, "conformance-timeout", **{"transaction.timeout.ms": 1000, "message.timeout.ms": 1000})
        producer.begin_transaction()
        _send(producer, topic, "late")
        other = _producer(broker, "conformance-other")
        other.begin_transaction()
        _send(other, topic, "after")
        other.commit_transaction(30)
        # What comes behind an open transaction is read once that is over.
        consumer = Consumer({"bootstrap.servers": broker, "group.id": "x", "isolation.level": "read_committed", "auto.offset.reset": "earliest"})
        consumer.assign([TopicPartition(topic, 0, 0)])
        message = consumer.poll(30)
        true(message is not None and message.error() is None, "the partition is not blocked for ever")
        equal(b"after", message.value(), "the record behind the transaction that timed out")
        consumer.close()
        try:
            producer.commit_transaction(30)
            raise AssertionError("the transaction that was aborted could be committed")
        except KafkaException:
            pass
        gateway.stop()
    finally:
        gateway.kill()


@check("transactions: kafkajs commits, aborts and sends offsets")
def kafkajs():
    broker, topic = shared().kafka, "transactions-kafkajs"
    javascript("transactions.mjs", broker, topic)
    equal(["committed"], _read(broker, topic, "read_committed"), "what kafkajs committed")
    equal(["committed", "aborted"], _read(broker, topic, "read_uncommitted"), "everything kafkajs sent")
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "transactions-kafkajs-group"})
    committed = consumer.committed([TopicPartition(topic, 0)], timeout=30)[0]
    equal(7, committed.offset, "the offset of the committed transaction, not of the aborted one")
    consumer.close()


@check("transactions: consume, transform, produce exactly once through kill -9")
def exactly_once():
    gateway = Gateway().start()
    source, target, count = "eos-source", "eos-target", 600
    loop = None
    try:
        run(["kcat", "-P", "-b", gateway.kafka, "-t", source, "-p", "0"], input="".join(f"{i}\n" for i in range(count)).encode())
        loop = subprocess.Popen(
            [sys.executable, os.path.join(LIB, "exactly_once_loop.py"), gateway.kafka, source, target, str(count)],
            stdout=subprocess.PIPE, text=True)
        lines = iter(loop.stdout.readline, "")
        for _ in range(ROUNDS):
            # In the middle of things: as soon as two more transactions were committed.
            for line in lines:
                if line.startswith("COMMITTED") and int(line.split()[1]) >= 2:
                    break
            gateway.kill()
            gateway.start()
        equal(0, loop.wait(timeout=120), "the loop came to its end")
        values = [int(value) for value in _read(gateway.kafka, target, "read_committed")]
        equal([i * 2 for i in range(count)], values, "every record once, in order")
        gateway.stop()
    finally:
        if loop is not None:
            loop.kill()
        gateway.kill()


@check("transactions: over HTTP all or nothing through kill -9")
def over_http():
    gateway = Gateway("--set", "transaction.abort.timed.out.transaction.cleanup.interval.ms=200").start()
    topics, writers, each = ("transactions-http-1", "transactions-http-2"), 4, 5
    answered, stopping, numbers = set(), threading.Event(), itertools.count()

    def write():
        while not stopping.is_set():
            number = next(numbers)
            records = [{"topic": topics[i % 2], "partition_id": 0, "value": {"type": "STRING", "data": f"{number}-{i}"}} for i in range(each)]
            try:
                status = _post(gateway, {"records": records})
            except OSError:
                time.sleep(0.02)
                continue
            if status == 200:
                answered.add(number)

    try:
        for topic in topics:
            run(["kcat", "-P", "-b", gateway.kafka, "-t", topic, "-p", "0"], input=b"first\n")
        _find_cluster(gateway)
        threads = [threading.Thread(target=write, daemon=True) for _ in range(writers)]
        for thread in threads:
            thread.start()
        for _ in range(ROUNDS):
            seen = len(answered)
            _until(lambda: len(answered) >= seen + 40, "transactions go on")
            gateway.kill()
            gateway.start()
        seen = len(answered)
        _until(lambda: len(answered) >= seen + 40, "transactions go on after the last kill")
        stopping.set()
        for thread in threads:
            thread.join(30)
        stored = {}
        for topic in topics:
            for value in _read(gateway.kafka, topic, "read_committed")[1:]:
                stored.setdefault(int(value.split("-")[0]), []).append(int(value.split("-")[1]))
        equal([], [(number, parts) for number, parts in stored.items() if sorted(parts) != list(range(each))], "transactions that are there in part")
        equal(set(), answered - stored.keys(), "transactions that were answered and are not there")
        gateway.stop()
    finally:
        stopping.set()
        gateway.kill()


def _find_cluster(gateway):
    with urllib.request.urlopen(f"{gateway.proxy}/v3/clusters", timeout=10) as answer:
        gateway.cluster = json.load(answer)["data"][0]["cluster_id"]


def _post(gateway, body):
    request = urllib.request.Request(
        f"{gateway.proxy}/v3/clusters/{gateway.cluster}/records:transaction", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except http.client.HTTPException as cut:
        raise OSError(str(cut)) from cut


def _until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        true(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.02)
