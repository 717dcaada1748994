"""Sixteen clients register overlapping schemas while the node dies and comes back: what was acknowledged stays, and an id stands for one schema."""
import json
import os
import threading
import time
import urllib.error
import urllib.request

from lib.harness import check, equal, true
from lib.http import call
from lib.server import Gateway

CLIENTS = 16
ROUNDS = int(os.environ.get("REGISTRY_KILL_ROUNDS", "20"))
SCHEMAS = 200
SUBJECTS = 10


def _schema(number):
    return json.dumps({"type": "record", "name": f"R{number}", "fields": [{"name": "f", "type": "int"}]}, separators=(",", ":"))


def _register(node, number, client, acknowledged, stopping):
    """Registers schema after schema until told to stop, and notes what was acknowledged."""
    step = 0
    while not stopping.is_set():
        schema, subject = (number + step * 7 + client) % SCHEMAS, f"s{(step + client) % SUBJECTS}"
        step += 1
        body = json.dumps({"schema": _schema(schema)}).encode()
        request = urllib.request.Request(
            f"{node.registry}/subjects/{subject}/versions", data=body, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                answered = json.loads(answer.read())
                acknowledged.append((schema, subject, answered["id"], answered["version"]))
        except (OSError, urllib.error.URLError, ValueError):
            # The node is down or comes up; nothing was acknowledged.
            time.sleep(0.02)


@check(f"registry: {CLIENTS} clients register the same schemas through {ROUNDS} kill -9: one id each, every acknowledged one there")
def registrations_through_kills():
    node = Gateway().start()
    try:
        equal(200, call("PUT", node.registry + "/config", {"compatibility": "NONE"})[0], "no rules between the schemas")
        acknowledged = []
        for round_number in range(ROUNDS):
            stopping = threading.Event()
            before = len(acknowledged)
            clients = [
                threading.Thread(target=_register, args=(node, round_number * 31, client, acknowledged, stopping)) for client in range(CLIENTS)]
            for client in clients:
                client.start()
            # By work done and not by time: the node dies in the midst of registrations, however busy the machine is.
            while len(acknowledged) < before + 150:
                time.sleep(0.005)
            node.kill()
            stopping.set()
            for client in clients:
                client.join()
            node.start()
            _verify(node, acknowledged)
        print(f"     {len(acknowledged)} acknowledged registrations of {SCHEMAS} schemas under {SUBJECTS} subjects", flush=True)
    finally:
        node.kill()


def _verify(node, acknowledged):
    ids = {}
    for schema, _, schema_id, _ in acknowledged:
        equal(schema_id, ids.setdefault(schema, schema_id), f"the id of schema {schema}")
    equal(len(ids), len(set(ids.values())), "different schemas, different ids")
    versions = {}
    for subject in {subject for _, subject, _, _ in acknowledged}:
        status, listed = call("GET", f"{node.registry}/schemas?subjectPrefix={subject}&limit=1000")
        equal(200, status, f"the versions of {subject}")
        for version in listed:
            versions[version["subject"], version["version"]] = (version["id"], version["schema"])
        numbers = [version["version"] for version in listed if version["subject"] == subject]
        equal(list(range(1, len(numbers) + 1)), numbers, f"the numbers of the versions of {subject}")
    for schema, subject, schema_id, version in acknowledged:
        true(versions.get((subject, version)) == (schema_id, _schema(schema)), f"schema {schema} is version {version} of {subject} with id {schema_id}")
