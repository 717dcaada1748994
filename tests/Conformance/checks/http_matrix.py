"""HTTP and Kafka's clients, both ways, byte for byte: five formats, every key beside every value, with headers and timestamps. What the proxy
writes is what kcat, kafkajs, python-kafka and confluent-kafka read; what they write is what it shows, in an answer and in a stream."""
import base64
import json
import urllib.request

from lib.clients import EVERY, KafkaJs, Kcat, PythonKafka
from lib.formats import BEYOND, EMOJI, SCHEMAS, cases
from lib.harness import add_check, equal
from lib.http import call
from lib.records import Record
from lib.server import shared

FORMATS = ("binary", "json", "avro", "jsonschema", "protobuf")
HEADERS = [
    (),
    (("plain", b"abc"), ("empty", b"")),
    (("null", None), ("bytes", b"\xff\xfe\r\x1f\x7f\x00\x01")),
    (("twice", b"1"), ("twice", b"2")),
    ((BEYOND, EMOJI.encode()),),
]
TIMESTAMPS = [None, 1, 1_500_000_000_123]
V2 = "application/vnd.kafka.v2+json"
_written = {}


def _schemas(format):
    """The ids of the format's key and value schemas, as the registry gave them."""
    if format not in SCHEMAS:
        return None, None
    kind = {"avro": "AVRO", "jsonschema": "JSON", "protobuf": "PROTOBUF"}[format]
    ids = []
    for part, schema in zip(("key", "value"), SCHEMAS[format]):
        status, answer = call("POST", f"{shared().registry}/subjects/matrix-{format}-{part}/versions", {"schemaType": kind, "schema": schema})
        equal(200, status, f"registering {schema}: {answer}")
        ids.append(answer["id"])
    return ids


def _create(topic):
    proxy = shared().proxy
    _, clusters = call("GET", f"{proxy}/v3/clusters")
    # Some of the records are old on purpose.
    body = {"topic_name": topic, "partitions_count": 1, "configs": [{"name": "retention.ms", "value": "-1"}]}
    equal(201, call("POST", clusters["data"][0]["metadata"]["self"] + "/topics", body)[0], f"creating {topic} answered")


def _rows(format):
    """Every key beside every value; headers and timestamps go by turns, and meet each other."""
    keys, values = cases(format, *_schemas(format))
    pairs = [(key, value) for key in keys for value in values]
    return [(key, value, HEADERS[i % len(HEADERS)], TIMESTAMPS[i % len(TIMESTAMPS)]) for i, (key, value) in enumerate(pairs)]


def _record(row):
    key, value, headers, timestamp = row
    return Record(key.stored, value.stored, headers, timestamp)


def _request(format, rows):
    """A produce request whose keys and values stand in it letter for letter."""
    ids = dict(zip(("key_schema_id", "value_schema_id"), _schemas(format))) if format in SCHEMAS else {}
    records = []
    for key, value, headers, timestamp in rows:
        members = [f'"key": {key.text}', f'"value":{value.text}']
        if headers:
            members.append('"headers":' + json.dumps([{"key": name, "value": _base64(data)} for name, data in headers]))
        if timestamp is not None:
            members.append(f'"timestamp":{timestamp}')
        records.append("{" + ",".join(members) + "}")
    settings = "".join(f'"{name}":{number},' for name, number in ids.items())
    return f'{{{settings}"records":[{",".join(records)}]}}'.encode()


def _base64(data):
    return None if data is None else base64.b64encode(data).decode("ascii")


def _get(url, accept):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=30) as answer:
        return answer.read().decode()


def _write(format):
    """A topic that the proxy filled once; its readers share it."""
    topic = f"matrix-{format}"
    if topic not in _written:
        rows = [row for row in _rows(format) if row[0].text is not None and row[1].text is not None]
        _create(topic)
        request = urllib.request.Request(
            f"{shared().proxy}/topics/{topic}", _request(format, rows), {"Content-Type": f"application/vnd.kafka.{format}.v2+json", "Accept": V2})
        with urllib.request.urlopen(request, timeout=30) as answer:
            offsets = json.load(answer)["offsets"]
        equal([(i, None) for i in range(len(rows))], [(o["offset"], o["error_code"]) for o in offsets], "what the proxy answered")
        _written[topic] = rows
    return topic, _written[topic]


def written_over_http(format, client):
    topic, rows = _write(format)
    _same(client, rows, client.consume(shared().kafka, topic, len(rows)))


def read_over_http(format, client):
    rows = _writable(client, _rows(format))
    topic = f"matrix-{format}-{client.name}"
    _create(topic)
    client.produce(shared().kafka, topic, "none", [_record(row) for row in rows])
    # What the client itself reads says what it was able to write, and when.
    own = client.consume(shared().kafka, topic, len(rows))
    _same(client, rows, own)
    whole = _get(
        f"{shared().proxy}/topics/{topic}/partitions/0/records?offset=0&timeout=0&max_bytes=10000000", f"application/vnd.kafka.{format}.v2+json")
    lines = _get(f"{shared().proxy}/topics/{topic}/records?until=end&format={format}", "application/x-ndjson").splitlines()
    for text, records in ((whole, json.loads(whole)), ("\n".join(lines), [json.loads(line) for line in lines])):
        equal(len(rows), len(records), "records over HTTP")
        for (key, value, headers, _), (offset, sent), shown in zip(rows, own, records):
            expected = {
                "topic": topic, "key": key.shown, "value": value.shown, "partition": 0, "offset": offset, "timestamp": sent.timestamp,
                "headers": [{"key": name, "value": _base64(data)} for name, data in headers]}
            for name, part in (("key_encoding", key), ("value_encoding", value)):
                if part.is_shown_as_bytes:
                    expected[name] = "base64"
            equal(expected, shown, f"record {offset} over HTTP")
            # 1.0 is not 1 and an escape is not its letter, although they are equal.
            if format in ("json", "jsonschema") and value.text and value.stored:
                stored = value.stored[5 if format == "jsonschema" else 0:].decode()
                equal(True, f'"value":{stored},' in text, f"{stored} as it was written in the answer's text")


def _writable(client, rows):
    """The rows as far as a client can write them."""
    if client is PythonKafka:
        rows = [row for row in rows if row[0].stored is not None or row[1].stored is not None]
    if client in (PythonKafka, KafkaJs):
        rows = [(key, value, tuple(header for header in headers if header[1] is not None), timestamp) for key, value, headers, timestamp in rows]
    return _diagonal(rows) if client is Kcat else rows


def _diagonal(rows):
    """For kcat, which writes a record in each of its runs and takes keys and headers as arguments: every key and every value it can, once at least."""
    seen_keys, seen_values, picked = set(), set(), []
    for key, value, headers, _ in rows:
        if b"\0" in (key.stored or b"") or key.stored == b"" or (key.stored is None and not value.stored):
            continue
        if key.stored in seen_keys and value.stored in seen_values:
            continue
        seen_keys.add(key.stored)
        seen_values.add(value.stored)
        picked.append((key, value, tuple(header for header in headers if header[1] is not None and b"\0" not in header[1]), None))
    return picked


def _same(client, rows, read):
    equal(list(range(len(rows))), [offset for offset, _ in read], "offsets")
    for row, (offset, actual) in zip(rows, read):
        expected = _record(row)
        if client is Kcat:
            # It prints a header's null as the word, and its bytes as far as the first zero.
            expected = Record(expected.key, expected.value, tuple((name, b"NULL" if data is None else data.split(b"\0")[0]) for name, data in expected.headers))
        equal(expected, actual, f"record {offset}")
        if row[3] is not None:
            equal(row[3], actual.timestamp, f"timestamp of record {offset}")


for _format in FORMATS:
    for _client in EVERY:
        add_check(f"http matrix: {_format} written over HTTP, {_client.name} reads", written_over_http, _format, _client)
        add_check(f"http matrix: {_format} written by {_client.name}, read over HTTP", read_over_http, _format, _client)
