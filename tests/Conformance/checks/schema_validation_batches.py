"""Batches that hold good records and bad ones side by side, of every size, codec, language and setting: the answer names exactly the bad ones, by
index; nothing of the batch is stored, or with a dead letter topic the good ones are, and the bad ones there, byte for byte."""
import itertools
import json
import uuid

import confluent_kafka
from confluent_kafka import admin
from lib.harness import add_check, equal, true
from lib.http import call
from lib.produce import CODECS, BatchProducer
from lib.server import shared

INVALID_RECORD = 87
SIZES = (1, 10, 1000)
CONFLUENT = "io.confluent.kafka.serializers.subject."

# Of each language: schemaType, the schema, what of a payload is data of it, and what is not. The second message of the .proto file is meant.
LANGUAGES = {
    "avro": ("AVRO", json.dumps({"type": "record", "name": "AvroOrder", "namespace": "shop", "fields": [{"name": "id", "type": "long"}]}), b"\x02", b"\xff"),
    "json": ("JSON", json.dumps({"title": "shop.JsonOrder", "type": "object", "properties": {"id": {"type": "integer"}}}), b'{"id":1}', b'{"id":"x"}'),
    "protobuf": (
        "PROTOBUF", 'syntax = "proto3";\npackage shop;\nmessage Other { string a = 1; }\nmessage ProtobufOrder { int64 id = 1; }\n', b"\x08\x01", b"\x08"),
}
NAMES = {"avro": "shop.AvroOrder", "json": "shop.JsonOrder", "protobuf": "shop.ProtobufOrder"}
INDEXES = {"avro": b"", "json": b"", "protobuf": b"\x02\x02"}


def names(settings, part, strategy):
    """The same wish under Confluent's names and under Redpanda's."""
    if settings == "confluent":
        return {f"confluent.{part}.schema.validation": "true", f"confluent.{part}.subject.name.strategy": CONFLUENT + strategy}
    return {f"redpanda.{part}.schema.id.validation": "true", f"redpanda.{part}.subject.name.strategy": strategy}


def register(subject, schema_type, text):
    status, answer = call("POST", f"{shared().registry}/subjects/{subject}/versions", {"schema": text, "schemaType": schema_type})
    equal(200, status, f"register {subject}: {answer}")
    return answer["id"], uuid.UUID(answer["guid"])


class Writer:
    """Makes the records of one topic: its schema in front of the data or in a header, the data in the key or in the value."""

    def __init__(self, language, where, part, schema, foreign):
        self.language, self.where, self.part = language, where, part
        self.schema, self.foreign = schema, foreign

    def framed(self, payload, schema=None):
        identity, guid = schema or self.schema
        if self.where == "prefix":
            return self.record(b"\0" + identity.to_bytes(4, "big") + INDEXES[self.language] + payload)
        return self.record(payload, b"\1" + guid.bytes + INDEXES[self.language])

    def record(self, data, header=None):
        headers = [("other", b"kept")] + ([(f"__{self.part}_schema_id", header)] if header is not None else [])
        return (data, b"plain", headers) if self.part == "key" else (b"plain", data, headers)

    def good(self):
        _, _, payload, _ = LANGUAGES[self.language]
        return [self.framed(payload), self.record(None)]

    def bad(self, mode):
        _, _, payload, broken = LANGUAGES[self.language]
        unknown = (2_000_000_000, uuid.uuid4())
        bad = [self.record(b"no schema"), self.record(b""), self.framed(payload, unknown), self.framed(payload, self.foreign)]
        if self.where == "headers":
            bad += [self.record(payload, b"\1short"), self.record(payload, b"")]
        return bad + ([self.framed(broken)] if mode == "full" else [])

    def batch(self, size, mode):
        """Records, and which of them are bad: one alone, or every third, of every kind in turn."""
        good, bad = itertools.cycle(self.good()), itertools.cycle(self.bad(mode))
        wrong = [index for index in range(size) if index % 3 == 1 or size == 1]
        return [next(bad) if index in set(wrong) else next(good) for index in range(size)], wrong


def create(*topics):
    client = admin.AdminClient({"bootstrap.servers": shared().kafka, "log_level": 3})
    for future in client.create_topics([admin.NewTopic(name, 1, 1, config=config) for name, config in topics]).values():
        future.result(30)


def stored(topic, consumer, count):
    """(offset, key, value, headers) of all there is; one more would be seen too."""
    consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    _, end = consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, 0), timeout=20, cached=False)
    messages, reached = [], False
    while not reached:
        message = consumer.poll(20)
        true(message is not None, f"{topic}: the reader got stuck behind {len(messages)} of {count} records")
        reached = message.error() is not None
        if reached:
            equal(confluent_kafka.KafkaError._PARTITION_EOF, message.error().code(), topic)
            equal(end, message.offset(), f"{topic}: where the reader ends")
        else:
            messages.append((message.offset(), message.key(), message.value(), [tuple(header) for header in message.headers() or []]))
    consumer.unassign()
    return messages


def mixed(language, where):
    """One language and one place of the schema's name, over all modes, settings, strategies, parts, sizes and codecs."""
    producer = BatchProducer(shared().kafka)
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": shared().kafka, "group.id": "mixed", "enable.partition.eof": True, "enable.auto.commit": False, "fetch.wait.max.ms": 10})
    foreign = register(f"mixed-foreign-{language}", "AVRO", '"string"')
    codecs = itertools.cycle(CODECS)
    for mode, settings, part, strategy in itertools.product(
            ("id", "full"), ("confluent", "redpanda"), ("key", "value"), ("TopicNameStrategy", "RecordNameStrategy", "TopicRecordNameStrategy")):
        topic = f"mixed-{language}-{where}-{mode}-{settings}-{part}-{strategy}"
        config = names(settings, part, strategy) | {"schema.validation.mode": mode}
        create((topic, config), (f"{topic}-routed", config | {"schema.validation.dead.letter.topic": f"{topic}-dead"}), (f"{topic}-dead", {}))
        for name in (topic, f"{topic}-routed"):
            subject = {
                "TopicNameStrategy": f"{name}-{part}", "RecordNameStrategy": NAMES[language], "TopicRecordNameStrategy": f"{name}-{NAMES[language]}"}
            schema = register(subject[strategy], *LANGUAGES[language][:2])
        writer = Writer(language, where, part, schema, foreign)
        refuses(topic, producer, consumer, writer, mode, codecs)
        routes(topic, producer, consumer, writer, mode, codecs)
    producer.close()
    consumer.close()


def refuses(topic, producer, consumer, writer, mode, codecs):
    for size in SIZES:
        codec = next(codecs)
        records, wrong = writer.batch(size, mode)
        code, offset, errors, message = producer.produce(topic, codec, records)
        equal((INVALID_RECORD, -1), (code, offset), f"{topic}: {size} records, {codec}")
        equal(wrong, list(errors), f"{topic}: the records named, of {size}, {codec}")
        true(message.startswith(f"{len(wrong)} of {size} records are refused; the first is record {wrong[0]}: "), message)
        true(all(f"The {writer.part} " in text or f"__{writer.part}_schema_id" in text for text in errors.values()), f"{topic}: {errors}")
    good = [record for record in writer.batch(10, mode)[0] if record in writer.good()]
    equal((0, 0, {}), producer.produce(topic, next(codecs), good)[:3], f"{topic}: the good ones alone")
    equal([(offset, *record) for offset, record in enumerate(good)], stored(topic, consumer, len(good)), f"{topic}: what is stored")


def routes(topic, producer, consumer, writer, mode, codecs):
    routed, base, kept, dead = f"{topic}-routed", 0, [], []
    for size in SIZES:
        codec = next(codecs)
        records, wrong = writer.batch(size, mode)
        equal((0, base, {}), producer.produce(routed, codec, records)[:3], f"{routed}: {size} records, {codec}")
        kept += [(base + index, *record) for index, record in enumerate(records) if index not in set(wrong)]
        dead += [records[index] for index in wrong]
        base += size
    equal(kept, stored(routed, consumer, len(kept)), f"{routed}: what is stored")
    letters = stored(f"{topic}-dead", consumer, len(dead))
    equal([(offset, *record) for offset, record in enumerate(dead)], [(*letter[:3], letter[3][:-3]) for letter in letters], f"{routed}: dead letters")
    equal(
        [[("__dlq.errors.topic", routed.encode()), ("__dlq.errors.partition", b"0"), ("__dlq.errors.message", True)]] * len(letters),
        [[*letter[3][-3:-1], (letter[3][-1][0], b" schema" in letter[3][-1][1] or b"_schema_id" in letter[3][-1][1])] for letter in letters],
        f"{routed}: what dead letters say")


for _language, _where in itertools.product(LANGUAGES, ("prefix", "headers")):
    add_check(f"schema validation: every bad record of a mixed batch is named, {_language} by {_where}", mixed, _language, _where)
