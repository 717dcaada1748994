"""The three schema languages, each with a reference: Confluent's JavaScript serialisers against our registry and broker, read over HTTP
as JSON; and produced over HTTP, read by the same client."""
import base64
import json
import re

from lib.clients import node
from lib.harness import add_check, check, equal, true
from lib.http import call
from lib.server import shared

V2 = "application/vnd.kafka.v2+json"
LANGUAGES = {"avro": "AVRO", "jsonschema": "JSON", "protobuf": "PROTOBUF"}


def media_type(language):
    return f"application/vnd.kafka.{language}.v2+json"


def read(server, topic, language):
    """All records of the topic's one partition, as JSON."""
    status, records = call(
        "GET", f"{server.proxy}/topics/{topic}/partitions/0/records?offset=0&timeout=1000&max_bytes=1000000", accept=media_type(language))
    equal(200, status, f"read {topic}: {records}")
    return [record["value"] for record in records]


def tagged(language, order):
    """The order as the format writes it: Avro names the branch of a union."""
    if language == "avro" and order["note"] is not None:
        return order | {"note": {"string": order["note"]}}
    return order


def javascript_to_http(language, schema_type):
    server = shared()
    topic = f"languages-{language}-js"
    orders = json.loads(node("languages-produce.mjs", server.kafka, server.registry, topic, language))
    true(len(orders) == 2, "two orders were sent")
    status, latest = call("GET", f"{server.registry}/subjects/{topic}-value/versions/latest")
    equal((200, schema_type), (status, latest.get("schemaType")), f"the schema the client registered: {latest}")
    equal(1, len(latest["references"]), f"its references: {latest}")
    target = latest["references"][0]
    status, users = call("GET", f"{server.registry}/subjects/{target['subject'].replace('/', '%2F')}/versions/{target['version']}/referencedby")
    equal((200, [latest["id"]]), (status, users), "who refers to the schema of the lines")
    equal([tagged(language, order) for order in orders], read(server, topic, language), "the values over HTTP")
    equal(orders, json.loads(node("languages-consume.mjs", server.kafka, server.registry, topic, language, 2)), "the values as the client reads them")
    # The same records in another language's format: still there, as bytes, and said to be so.
    other = next(name for name in LANGUAGES if name != language)
    status, records = call("GET", f"{server.proxy}/topics/{topic}/partitions/0/records?offset=0&timeout=1000&max_bytes=1000000", accept=media_type(other))
    equal((200, ["base64"] * 2), (status, [record.get("value_encoding") for record in records]), "the encoding in another format")


def schema_for_http(server, topic, language, schema_type):
    """The id of the client's schema, or of one that is the same for data produced over HTTP."""
    _, latest = call("GET", f"{server.registry}/subjects/{topic}-value/versions/latest")
    if language != "protobuf":
        return latest["id"]
    # The first message of a file is the one that is meant over HTTP, and the client's file begins with another.
    text = re.sub(r"message Unused \{[^}]*\}\n", "", latest["schema"])
    true("Unused" not in text, f"the other message is gone: {text}")
    call("PUT", f"{server.registry}/config/{topic}-value", {"compatibility": "NONE"})
    status, registered = call(
        "POST", f"{server.registry}/subjects/{topic}-value/versions", {"schema": text, "schemaType": schema_type, "references": latest["references"]})
    equal(200, status, f"register the file without it: {registered}")
    return registered["id"]


def in_headers(language, schema_type):
    """Schemas named in headers by GUID, the data bare: by the client and read over HTTP, then the other way round."""
    server = shared()
    topic = f"languages-{language}-headers"
    orders = json.loads(node("languages-produce.mjs", server.kafka, server.registry, topic, language, "headers"))
    values = [tagged(language, order) for order in orders]
    equal(values, read(server, topic, language), "the client's values over HTTP")
    body = {"value_schema_id": schema_for_http(server, topic, language, schema_type), "records": [{"value": value} for value in values]}
    status, answer = call("POST", f"{server.proxy}/topics/{topic}?schema_in_header=true", body, media_type(language), accept=V2)
    equal((200, [None] * 2), (status, [offset["error_code"] for offset in answer["offsets"]]), f"produce: {answer}")
    bare = [base64.b64decode(value) for value in read(server, topic, "binary")]
    true(len(bare) == 4 and all(value[0] != 0 for value in bare), f"no value begins with a magic byte: {bare}")
    equal(values * 2, read(server, topic, language), "all values over HTTP")
    equal(orders * 2, json.loads(node("languages-consume.mjs", server.kafka, server.registry, topic, language, 4)), "the values as the client reads them")


def http_to_javascript(language, schema_type):
    server = shared()
    # The subject is the client's: first its own records, then ours by the newest schema, then ours by the id.
    topic = f"languages-{language}-http"
    orders = json.loads(node("languages-produce.mjs", server.kafka, server.registry, topic, language))
    index = {"value_schema_id": schema_for_http(server, topic, language, schema_type)}
    for body in ({}, index):
        body = body | {"records": [{"value": tagged(language, order)} for order in orders]}
        status, answer = call("POST", f"{server.proxy}/topics/{topic}", body, media_type(language), accept=V2)
        equal(200, status, f"produce: {answer}")
        equal([None] * 2, [offset["error_code"] for offset in answer["offsets"]], f"no record is refused: {answer}")
        equal(index["value_schema_id"], answer["value_schema_id"], "the schema used")
    equal(orders * 3, json.loads(node("languages-consume.mjs", server.kafka, server.registry, topic, language, 6)), "the values as the client reads them")


TEXTS = {
    "avro": ('{"type":"record","name":"Click","fields":[{"name":"url","type":"string"}]}', {"url": 5}),
    "jsonschema": ('{"type":"object","properties":{"url":{"type":"string"}},"required":["url"]}', {"link": "x"}),
    "protobuf": ('syntax = "proto3";\nmessage Click {\n  string url = 1;\n}\n', {"url": 5}),
}


def http_with_text(language, _):
    """Produce with the schema's text, consume through an instance, and what does not fit is refused whole."""
    server = shared()
    topic = f"languages-{language}-text"
    text, misfit = TEXTS[language]
    good = [{"url": "/a"}, {"url": "/ö"}]
    body = {"value_schema": text, "key_schema": text, "records": [{"key": good[0], "value": value} for value in good]}
    status, answer = call("POST", f"{server.proxy}/topics/{topic}", body, media_type(language), accept=V2)
    equal(200, status, f"produce: {answer}")
    status, refused = call(
        "POST", f"{server.proxy}/topics/{topic}", {"value_schema": text, "records": [{"value": good[0]}, {"value": misfit}]}, media_type(language), accept=V2)
    equal((422, 42205), (status, refused["error_code"]), f"a value that does not fit: {refused}")
    true("records[1].value" in refused["message"], f"the message names the record: {refused}")
    status, instance = call("POST", f"{server.proxy}/consumers/languages-{language}", {"format": language, "auto.offset.reset": "earliest"}, V2)
    equal(200, status, f"create an instance: {instance}")
    base = instance["base_uri"]
    equal(204, call("POST", f"{base}/assignments", {"partitions": [{"topic": topic, "partition": 0}]}, V2)[0], "assign")
    status, records = call("GET", f"{base}/records?timeout=20000", accept=media_type(language))
    equal([(good[0], value) for value in good], [(record["key"], record["value"]) for record in records], f"the records: {status}")
    equal(204, call("DELETE", base, content_type=V2)[0], "delete the instance")


for name, wire_name in LANGUAGES.items():
    add_check(f"languages: {name} serialised by Confluent's client, read over HTTP as JSON", javascript_to_http, name, wire_name)
    add_check(f"languages: {name} produced over HTTP, read by Confluent's client", http_to_javascript, name, wire_name)
    add_check(f"languages: {name} with its schema in headers by GUID, by Confluent's client and over HTTP", in_headers, name, wire_name)
    add_check(f"languages: {name} produced over HTTP with the schema's text", http_with_text, name, wire_name)


@check("languages: new clients ask for associations and get an empty list")
def associations():
    server = shared()
    status, answer = call("GET", f"{server.registry}/associations/resources/-/some-topic?resourceType=topic&associationType=value&offset=0&limit=-1")
    equal((200, []), (status, answer), "associations of a topic")
    equal((200, ["AVRO", "JSON", "PROTOBUF"]), call("GET", f"{server.registry}/schemas/types"), "schema types")


@check("languages: new clients serialise with the subject their topic is tied to")
def associated():
    server = shared()
    topic = "languages-associated"
    status, created = call("POST", f"{server.proxy}/topics/{topic}", {"records": [{"value": "eA=="}]}, "application/vnd.kafka.binary.v2+json", accept=V2)
    equal(200, status, f"make the topic by producing to it: {created}")
    told = json.loads(node("associated.mjs", server.registry, topic))
    equal(told["ids"], told["written"], "ids written with the association and without it")
    cluster = call("GET", f"{server.registry}/v1/metadata/id")[1]["scope"]["clusters"]["kafka-cluster"]
    equal((topic, cluster), (told["made"]["resourceName"], told["made"]["resourceNamespace"]), "the topic it was tied to")
    equal(22, len(told["made"]["resourceId"]), "the topic's id as Kafka writes it")
