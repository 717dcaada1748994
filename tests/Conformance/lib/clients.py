"""Client families behind two verbs: produce(broker, topic, codec, records) and consume(broker, topic, count)."""
import os
import re
import subprocess
import tempfile

from lib.records import Record, from_json

JS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "js")
TIMEOUT = 60
DELIMITER = "\x1f"


def run(command, **options):
    """Runs a client; its standard error becomes the message when it fails."""
    done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} {command[1]} ended with {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-1500:]}")
    return done.stdout


def node(script, *arguments, **options):
    """Runs one of our JavaScript programs."""
    return run(["node", os.path.join(JS, script), *map(str, arguments)], **options)


def node_in_background(script, *arguments):
    """Starts one of our JavaScript programs and gives the process, whose lines come as text."""
    command = ["node", os.path.join(JS, script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Kcat:
    """librdkafka by its command line. It sends one record per call, so every record is its own batch."""

    name = "kcat"
    codecs = ("none", "gzip", "snappy", "lz4", "zstd")

    @staticmethod
    def produce(broker, topic, codec, records):
        for record in records:
            command = ["kcat", "-P", "-b", broker, "-t", topic, "-p", "0", "-z", codec, "-X", "acks=all", "-X", "message.max.bytes=1048588"]
            for name, value in record.headers:
                command += ["-H", name.encode() + b"=" + value]
            if record.value:
                Kcat._produce_file(command, record)
            else:
                # An empty file is no message at all; a line with nothing behind the key's delimiter is one.
                run([*command, "-K", DELIMITER, *(["-Z"] if record.value is None else [])], input=record.key + DELIMITER.encode())

    @staticmethod
    def _produce_file(command, record):
        # A file is one message whatever it holds; standard input would be split into lines.
        with tempfile.NamedTemporaryFile() as file:
            file.write(record.value)
            file.flush()
            run([*command, *(["-k", record.key] if record.key is not None else []), file.name])

    @staticmethod
    def consume(broker, topic, count):
        # Sizes first (-1 for null), then the bytes: nothing in a value can be mistaken for the frame.
        output = run([
            "kcat", "-C", "-b", broker, "-t", topic, "-p", "0", "-o", "beginning", "-c", str(count), "-q",
            "-X", "fetch.message.max.bytes=4194304", "-X", "check.crcs=true", "-f", "%o %T %K %S %h\n%k%s\n"])
        records = []
        while output:
            head, output = output.split(b"\n", 1)
            offset, timestamp, key_size, value_size, headers = re.fullmatch(rb"(\d+) (\d+) (-?\d+) (-?\d+) (.*)", head).groups()
            key, output = _take(output, int(key_size))
            value, output = _take(output, int(value_size))
            records.append((int(offset), Record(key, value, _headers(headers), int(timestamp))))
            output = output[1:]
        return records


class KafkaJs:
    """kafkajs; sends all records in one batch and reads through a group."""

    name = "kafkajs"
    codecs = ("none", "gzip", "snappy", "lz4", "zstd")

    @staticmethod
    def produce(broker, topic, codec, records):
        node("produce.mjs", broker, topic, codec, input="\n".join(record.to_json() for record in records).encode())

    @staticmethod
    def consume(broker, topic, count):
        return [from_json(line) for line in node("consume.mjs", broker, topic, count).decode().splitlines()]


class PythonKafka:
    """python3-kafka, a client of its own, not built on librdkafka."""

    name = "python-kafka"
    codecs = ("none", "gzip", "snappy", "lz4", "zstd")

    @staticmethod
    def produce(broker, topic, codec, records):
        from kafka import KafkaProducer

        producer = KafkaProducer(
            bootstrap_servers=broker, acks="all", compression_type=None if codec == "none" else codec,
            max_request_size=4 << 20, linger_ms=20, api_version=(2, 5, 0))
        sent = [producer.send(topic, key=r.key, value=r.value, headers=list(r.headers), partition=0, timestamp_ms=r.timestamp) for r in records]
        for future in sent:
            future.get(timeout=TIMEOUT)
        producer.close()

    @staticmethod
    def consume(broker, topic, count):
        from kafka import KafkaConsumer, TopicPartition

        consumer = KafkaConsumer(bootstrap_servers=broker, max_partition_fetch_bytes=4 << 20, check_crcs=True, consumer_timeout_ms=TIMEOUT * 1000)
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
        records = []
        for message in consumer:
            records.append((message.offset, Record(message.key, message.value, tuple(message.headers), message.timestamp)))
            if len(records) == count:
                break
        consumer.close()
        return records


class ConfluentKafka:
    """librdkafka from Python."""

    name = "confluent-kafka"
    codecs = ("none", "gzip", "snappy", "lz4", "zstd")

    @staticmethod
    def produce(broker, topic, codec, records):
        from confluent_kafka import Producer

        refused = []
        producer = Producer({"bootstrap.servers": broker, "acks": "all", "compression.type": codec, "message.max.bytes": 4 << 20})
        for r in records:
            producer.produce(
                topic, key=r.key, value=r.value, headers=list(r.headers), partition=0, timestamp=r.timestamp or 0,
                on_delivery=lambda error, _: refused.append(str(error)) if error else None)
        if producer.flush(TIMEOUT) or refused:
            raise AssertionError(f"confluent-kafka could not produce: {refused}")

    @staticmethod
    def consume(broker, topic, count):
        from confluent_kafka import Consumer, OFFSET_BEGINNING, TopicPartition

        consumer = Consumer({"bootstrap.servers": broker, "group.id": f"confluent-{topic}", "check.crcs": True, "fetch.message.max.bytes": 4 << 20})
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        records = []
        while len(records) < count:
            message = consumer.poll(TIMEOUT)
            if message is None or message.error():
                raise AssertionError(f"confluent-kafka could not consume: {message and message.error()}")
            records.append((message.offset(), Record(message.key(), message.value(), tuple(message.headers() or ()), message.timestamp()[1])))
        consumer.close()
        return records


# The pairings are of three families: kcat and confluent-kafka are one by their library.
ALL = (Kcat, KafkaJs, PythonKafka)
EVERY = (*ALL, ConfluentKafka)


def _take(output, size):
    return (None, output) if size < 0 else (output[:size], output[size:])


def _headers(text):
    pairs = [part.split(b"=", 1) for part in text.split(b",") if part]
    return tuple((name.decode(), value[0] if value else None) for name, *value in pairs)
