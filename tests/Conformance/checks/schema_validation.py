"""Topics that validate schemas: serialised by Confluent's JavaScript client, with the schema's id in front of the data or its GUID in a header;
what others write there; and dead letters, read past by librdkafka and kafkajs alike."""
import base64
import json
import os

import confluent_kafka
from lib.clients import node, run
from lib.harness import add_check, check, equal, true
from lib.http import call
from lib.server import EXECUTABLE, shared

V2 = "application/vnd.kafka.v2+json"
LANGUAGES = ("avro", "jsonschema", "protobuf")


def create(topic, *configs):
    settings = [part for config in configs for part in ("-c", config)]
    run([os.path.abspath(EXECUTABLE), "topic", "create", topic, *settings, "-X", f"brokers={shared().kafka}"])


def produce(topic, *values, idempotent=True):
    """All in one batch; what became of each, as librdkafka tells it."""
    told = {}
    producer = confluent_kafka.Producer({
        "bootstrap.servers": shared().kafka, "enable.idempotence": idempotent, "linger.ms": 200, "acks": "all", "message.timeout.ms": 15000})
    for number, value in enumerate(values):
        producer.produce(topic, value=value, partition=0, on_delivery=lambda error, message, number=number: told.update(
            {number: error.name() if error else message.offset()}))
    equal(0, producer.flush(20), "records without an answer")
    return [told[number] for number in range(len(values))]


def read_to_end(topic):
    """Offsets and values as kcat reads them up to the end of the partition; it ends only if it gets there."""
    output = run(["kcat", "-C", "-b", shared().kafka, "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%o %s\n"])
    return [(int(offset), value) for offset, value in (line.split(" ", 1) for line in output.decode().splitlines())]


def validated(language):
    server = shared()
    topic = f"validated-{language}"
    create(topic, "confluent.value.schema.validation=true", "schema.validation.mode=full")
    orders = []
    for where in ("prefix", "headers"):
        orders += json.loads(node("languages-produce.mjs", server.kafka, server.registry, topic, language, where))
    equal(orders, json.loads(node("languages-consume.mjs", server.kafka, server.registry, topic, language, 4)), "the values as the client reads them")
    lines = "".join(json.dumps(order) + "\n" for order in orders[:2]).encode()
    message = ["--schema-type", "shop.Order"] if language == "protobuf" else []
    for where in ([], ["--schema-in-header"]):
        run([
            os.path.abspath(EXECUTABLE), "topic", "produce", topic, "-z", "none", "--schema-id", "topic", *message, *where,
            "-X", f"brokers={server.kafka}", "-X", f"registry.hosts={server.registry}"], input=lines)
    equal(orders * 2, json.loads(node("languages-consume.mjs", server.kafka, server.registry, topic, language, 8)), "the command line's, as the client reads them")
    status, records = call(
        "GET", f"{server.proxy}/topics/{topic}/partitions/0/records?offset=0&timeout=1000&max_bytes=1000000",
        accept=f"application/vnd.kafka.{language}.v2+json")
    equal((200, [None] * 8), (status, [record.get("value_encoding") for record in records]), "all eight stand as JSON")
    equal([0, 17, 0, 17], [len(base64.b64decode(record["headers"][0]["value"])[:17]) if record["headers"] else 0 for record in records[::2]], "headers")
    equal([records[0]["value"]] * 3, [record["value"] for record in records[2::2]], "the same value by its prefix and by its header")
    shown = run([
        os.path.abspath(EXECUTABLE), "topic", "consume", topic, "-n", "8", "--use-schema-registry=value", "-f", "%v\n",
        "-X", f"brokers={server.kafka}", "-X", f"registry.hosts={server.registry}"]).decode()
    values = [json.loads(line) for line in shown.splitlines()]
    equal(values[:2] * 3, values[2:], "the same values on the command line")
    _, latest = call("GET", f"{server.registry}/subjects/{topic}-value/versions/latest")
    broken = b"\0" + latest["id"].to_bytes(4, "big") + b"\xff"
    equal(["INVALID_RECORD"], produce(topic, b"no schema"), "a record without a schema")
    equal(["INVALID_RECORD"], produce(topic, broken), "a record that is no data of its schema")
    status, answer = call("POST", f"{server.proxy}/topics/{topic}", {"records": [{"value": "bm8="}]}, "application/vnd.kafka.binary.v2+json", accept=V2)
    true("does not begin with a schema id" in json.dumps(answer), f"the reason reaches who produces over HTTP: {status} {answer}")
    equal(list(range(8)), [record["offset"] for record in records], "nothing else is stored")


for name in LANGUAGES:
    add_check(f"schema validation: {name} by prefix and by header, and nothing else", validated, name)


@check("schema validation: dead letters go elsewhere, and readers get past the gaps they leave")
def dead_letters():
    server = shared()
    create("dead-letters")
    create("validated-dead", "redpanda.value.schema.id.validation=true", "schema.validation.dead.letter.topic=dead-letters")
    status, answer = call("POST", f"{server.registry}/subjects/validated-dead-value/versions", {"schema": '"string"'})
    equal(200, status, f"register: {answer}")
    good = b"\0" + answer["id"].to_bytes(4, "big") + b"\x02x"
    equal([0, 1, 2, 3], produce("validated-dead", b"bad 0", good, b"bad 2", good), "offsets of a mixed batch")
    equal([4, 5], produce("validated-dead", b"bad 4", b"bad 5"), "offsets of a batch of nothing but dead letters")
    equal([1, 3], [offset for offset, _ in read_to_end("validated-dead")], "what kcat reads, up to the end")
    equal([(0, "bad 0"), (1, "bad 2"), (2, "bad 4"), (3, "bad 5")], read_to_end("dead-letters"), "the dead letters")
    equal([6], produce("validated-dead", good), "an offset behind an empty batch")
    equal([1, 3, 6], [json.loads(line)["offset"] for line in node("consume.mjs", server.kafka, "validated-dead", 3).splitlines()], "what kafkajs reads")
    _, records = call("GET", f"{server.proxy}/topics/dead-letters/partitions/0/records?offset=0", accept="application/vnd.kafka.binary.v2+json")
    equal(
        ["__dlq.errors.topic", "__dlq.errors.partition", "__dlq.errors.message"], [header["key"] for header in records[0]["headers"]],
        "the headers of a dead letter")
