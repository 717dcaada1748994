"""Avro by a JavaScript client, read over HTTP as JSON; and the other way round."""
import json

from lib.clients import node
from lib.harness import check, equal
from lib.http import call
from lib.server import shared

V2 = "application/vnd.kafka.v2+json"
AVRO = "application/vnd.kafka.avro.v2+json"
ORDERS = [
    {"id": 1, "customer": "Ada", "note": None, "lines": [{"sku": "a", "price": 1.5}], "state": "NEW"},
    {"id": 2, "customer": "Zo\u00eb", "note": {"string": "twice"}, "lines": [], "state": "PAID"},
]


@check("avro: registered and produced by JavaScript, read over HTTP as JSON")
def javascript_to_http():
    server = shared()
    schema_id = int(node("avro-produce.mjs", server.kafka, server.registry, "avro-js"))
    status, schema = call("GET", f"{server.registry}/schemas/ids/{schema_id}")
    equal(200, status, "the schema by its id")
    equal("Order", json.loads(schema["schema"])["name"], "the schema's name")
    status, instance = call("POST", f"{server.proxy}/consumers/avro-readers", {"format": "avro", "auto.offset.reset": "earliest"}, V2)
    equal(200, status, "create an instance")
    base = instance["base_uri"]
    equal(204, call("POST", f"{base}/subscription", {"topics": ["avro-js"]}, V2)[0], "subscribe")
    records = []
    for _ in range(20):
        status, batch = call("GET", f"{base}/records?timeout=3000", accept=AVRO)
        equal(200, status, f"read records: {batch}")
        records += batch
        if len(records) >= 2:
            break
    equal(ORDERS, [record["value"] for record in records], "the values as JSON")
    equal(204, call("DELETE", base, content_type=V2)[0], "delete the instance")


@check("avro: produced over HTTP with the schema's text, decoded by JavaScript")
def http_to_javascript():
    server = shared()
    schema = {"type": "record", "name": "Click", "fields": [{"name": "url", "type": "string"}, {"name": "ms", "type": "long"}]}
    values = [{"url": "/a", "ms": 1}, {"url": "/b", "ms": 2 ** 52}]
    body = {"value_schema": json.dumps(schema), "records": [{"value": value} for value in values]}
    status, answer = call("POST", f"{server.proxy}/topics/avro-http", body, AVRO, accept=V2)
    equal(200, status, f"produce: {answer}")
    equal([0, 1], [o["offset"] for o in answer["offsets"]], "offsets")
    equal(values, json.loads(node("avro-consume.mjs", server.kafka, server.registry, "avro-http", 2)), "decoded values")
