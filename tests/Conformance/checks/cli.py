"""The command line as a user types it: records in by one format, out by another, and messages that help."""
import json
import os
import subprocess

import confluent_kafka
from confluent_kafka import admin
from lib.harness import add_check, check, equal, true
from lib.http import call
from lib.server import EXECUTABLE, shared


def _gateway(*arguments, stdin=b"", brokers=None):
    command = [
        os.path.abspath(EXECUTABLE), *arguments, "-X", f"brokers={brokers or shared().kafka}", "-X", f"registry.hosts={shared().registry}"]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


@check("cli: produce and consume by formats, ranges and groups")
def produce_and_consume():
    equal(0, _gateway("topic", "create", "cli", "-p", "2")[0], "create")
    code, out, err = _gateway("topic", "produce", "cli", "-p", "1", "-f", "%k %v\\n", "-H", "h:1", stdin=b"a one\nb two words\nc \xff\x00\n")
    equal((0, ""), (code, err), "produce")
    equal([f"Produced to cli partition 1 at offset {n}" for n in range(3)], out.decode().splitlines(), "what produce prints")
    code, out, err = _gateway("topic", "consume", "cli", "-o", ":end", "-f", "%p %o %k=%v{hex} %h{%k:%v}\\n")
    equal((0, b"1 0 a=6f6e65 h:1\n1 1 b=74776f20776f726473 h:1\n1 2 c=ff00 h:1\n"), (code, out), f"consume by a format; {err}")
    code, out, err = _gateway("topic", "consume", "cli", "-o", "-1:end", "-p", "1")
    equal(0, code, err)
    record = json.loads(out)
    equal(("c", "/wA=", 2), (record["key"], record["value_base64"], record["offset"]), "the last record as JSON, its bytes undamaged")
    code, out, err = _gateway("topic", "consume", "cli", "-g", "cli-group", "-n", "2", "-f", "%o ")
    equal((0, b"0 1 "), (code, out), f"two records through a group; {err}")
    code, out, err = _gateway("group", "describe", "cli-group", "--format", "json")
    equal(0, code, err)
    lag = {(p["topic"], p["partition"]): p["lag"] for p in json.loads(out)[0]["partitions"]}
    equal({("cli", 1): 1}, lag, "lag after a group read two of three")
    code, out, err = _gateway("topic", "consume", "cli", "-g", "cli-group", "-n", "1", "-f", "%o")
    equal((0, b"2"), (code, out), f"the group goes on where it was; {err}")
    equal(0, _gateway("topic", "delete", "cli")[0], "delete")


@check("cli: partitions are added and settings changed, as other clients see")
def change_topics():
    equal(0, _gateway("topic", "create", "cli-grow", "cli-other", "--compact")[0], "create")
    code, out, err = _gateway("topic", "add-partitions", "cli-grow", "cli-missing", "cli-other", "-n", "2", "--format", "json")
    equal(1, code, err)
    equal(["OK", "UNKNOWN_TOPIC_OR_PARTITION", "OK"], [topic["status"] for topic in json.loads(out)], "what each came to")
    equal(0, _gateway("topic", "add-partitions", "cli-grow", "-n", "4", "-d")[0], "a dry run")
    client = confluent_kafka.Producer({"bootstrap.servers": shared().kafka})
    for topic in ("cli-grow", "cli-other"):
        equal([0, 1, 2], sorted(client.list_topics(topic, timeout=20).topics[topic].partitions), f"partitions of {topic}")
    told = []
    client.produce("cli-grow", key="k", value="in the last", partition=2, on_delivery=lambda error, message: told.append((error, message.offset())))
    equal(0, client.flush(20), "unanswered")
    equal([(None, 0)], told, "a record in a new partition")
    equal((0, b"2 0 in the last\n"), _gateway("topic", "consume", "cli-grow", "-o", ":end", "-f", "%p %o %v\n")[:2], "read back")
    code, _, err = _gateway("topic", "add-partitions", "__consumer_offsets", "-n", "1")
    equal((1, 1), (code, _gateway("topic", "add-partitions", "cli-grow", "-n", "0")[0]), f"refused; {err}")
    code, out, err = _gateway("topic", "alter-config", "cli-grow", "-s", "retention.ms=1234", "--append", "cleanup.policy=delete")
    equal((0, b"TOPIC     STATUS\ncli-grow  OK\n"), (code, out), err)
    equal({"retention.ms": "1234", "cleanup.policy": "compact,delete"}, _settings("cli-grow"), "settings that were given and added to")
    equal(0, _gateway("topic", "alter-config", "cli-grow", "-d", "retention.ms", "--subtract", "cleanup.policy=compact")[0], "take away")
    equal(0, _gateway("topic", "alter-config", "cli-grow", "-s", "retention.ms=1", "--dry")[0], "a dry run")
    equal({"cleanup.policy": "delete"}, _settings("cli-grow"), "settings that were taken away")
    code, out, err = _gateway("topic", "alter-config", "cli-grow", "-s", "retention.ms=x", "--format", "json")
    equal((1, "INVALID_CONFIG"), (code, json.loads(out)[0]["status"]), err)


def _settings(topic):
    """What the topic has of its own, by another client."""
    resource = admin.ConfigResource(admin.RESOURCE_TOPIC, topic)
    client = admin.AdminClient({"bootstrap.servers": shared().kafka, "log_level": 3})
    (answer,) = client.describe_configs([resource]).values()
    dynamic_topic = 1
    return {name: entry.value for name, entry in answer.result(20).items() if entry.source == dynamic_topic}


@check("cli: no key is null, and -Z makes a tombstone")
def tombstones():
    equal(0, _gateway("topic", "create", "cli-null")[0], "create")
    code, _, err = _gateway("topic", "produce", "cli-null", "-Z", "-f", "%k:%v\\n", stdin=b"gone:\nhere:x\n")
    equal((0, ""), (code, err), "produce a tombstone")
    equal((0, ""), _gateway("topic", "produce", "cli-null", stdin=b"\n")[::2], "produce an empty value without a key")
    code, out, err = _gateway("topic", "consume", "cli-null", "-o", ":end")
    records = [json.loads(line) for line in out.splitlines()]
    expected = [("gone", None), ("here", "x"), (None, "")]
    equal(expected, [(record.get("key"), record.get("value")) for record in records], f"keys and values; {err}")


SCHEMAS = {
    "AVRO": ('{"type":"record","name":"Click","fields":[{"name":"url","type":"string"}]}', '{"url":5}'),
    "JSON": ('{"type":"object","properties":{"url":{"type":"string"}},"required":["url"]}', '{"link":"x"}'),
    "PROTOBUF": ('syntax = "proto3";\nmessage Other {\n  int32 n = 1;\n}\nmessage Click {\n  string url = 1;\n}\n', '{"url":5}'),
}


def schemas(language):
    """Encoded by id and by the subject, decoded, and what does not fit or cannot be decoded is said with its place."""
    topic = f"cli-{language.lower()}"
    text, misfit = SCHEMAS[language]
    equal(0, _gateway("topic", "create", topic)[0], "create")
    status, registered = call("POST", f"{shared().registry}/subjects/{topic}-value/versions", {"schema": text, "schemaType": language})
    equal(200, status, f"register: {registered}")
    schema_id, good = registered["id"], b'{"url":"/\xc3\xb6"}'
    kind = ["--schema-type", "Click"] if language == "PROTOBUF" else []
    for option in (["--schema-id", str(schema_id)], ["--schema-id", "topic"], ["--use-schema-registry=value"]):
        code, _, err = _gateway("topic", "produce", topic, "-k", "k", *option, *kind, stdin=good + b"\n")
        equal((0, ""), (code, err), f"produce with {option}")
    code, _, err = _gateway("topic", "produce", topic, "--schema-id", str(schema_id), *kind, stdin=good + b"\n" + misfit.encode() + b"\n")
    equal(1, code, "exit code for a value that does not fit")
    true("record 2" in err and f"schema {schema_id}" in err, f"the record and the schema: {err}")
    equal(0, _gateway("topic", "produce", topic, stdin=b"plain\n")[0], "produce without a schema")
    code, out, err = _gateway("topic", "consume", topic, "-o", ":end", "--use-schema-registry=value", "--pretty-print=false")
    shown = [(record["key"] if "key" in record else None, json.loads(record["value"]), record["value_schema_id"]) for record in map(json.loads, out.splitlines())]
    equal([("k", {"url": "/\u00f6"}, schema_id)] * 3 + [(None, {"url": "/\u00f6"}, schema_id)], shown, f"decoded values; {err}")
    equal(0, code, "exit code when a record cannot be decoded")
    true(f"{topic} partition 0 offset 4: the value does not begin with a schema id" in err, f"the record that cannot be decoded: {err}")
    code, out, err = _gateway("topic", "consume", topic, "-o", "0:1", "-f", "%v\\n", "--schema-id", "topic")
    equal((0, {"url": "/\u00f6"}), (code, json.loads(out)), f"read by the newest schema; {err}")


for name in SCHEMAS:
    add_check(f"cli: {name} by --schema-id and --use-schema-registry", schemas, name)


@check("cli: what goes wrong is said with the place and the way out")
def messages():
    code, _, err = _gateway("topic", "list", brokers="127.0.0.1:1")
    equal(1, code, "exit code with no broker")
    true("127.0.0.1:1" in err and "-X brokers=" in err, f"the address and the setting: {err}")
    code, _, err = _gateway("topic", "consume", "cli-absent", "-o", ":end")
    equal(1, code, "exit code for an unknown topic")
    true("UNKNOWN_TOPIC_OR_PARTITION" in err and "cli-absent" in err, f"the error and the topic: {err}")
    code, _, err = _gateway("topic", "consume", "x", "-o", "yesterday")
    equal(1, code, "exit code for a bad range")
    true("-o" in err and "yesterday" in err, f"the option and the text: {err}")
    code, _, err = _gateway("topic", "produce", "cli-absent", "--schema-id", "4711", stdin=b"1\n")
    equal(1, code, "exit code for an unknown schema")
    true("Schema 4711 not found" in err and shared().registry in err, f"the schema and the registry: {err}")
    code, _, err = _gateway("topic", "produce", "cli-absent", "--schema-id", "newest", stdin=b"1\n")
    true(code == 1 and "--schema-id" in err and "newest" in err, f"the option and the text: {err}")
    code, _, err = _gateway("topic", "lits")
    equal(2, code, "exit code for a bad command")
    true("lits" in err and "--help" in err, f"the word and the help: {err}")
