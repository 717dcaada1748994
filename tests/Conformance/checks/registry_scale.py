"""A large registry: brought in by the command line, ready soon after a start, and small in memory."""
import json
import os
import subprocess
import tempfile
import time

from lib.harness import check, equal, true
from lib.http import call
from lib.server import EXECUTABLE, Gateway

VERSIONS = int(os.environ.get("REGISTRY_VERSIONS", "10000"))
PER_SUBJECT = 10
MAX_RSS_MIB = 300


def write_export(path, versions):
    """Ten versions of each subject, each with one field more."""
    with open(path, "w", encoding="utf-8") as file:
        for number in range(versions):
            subject, version = f"topic-{number // PER_SUBJECT:05}-value", number % PER_SUBJECT + 1
            fields = [{"name": "id", "type": "string", "doc": f"What the events of {subject} are about"}]
            fields += [{"name": f"field_{number // PER_SUBJECT}_{i}", "type": ["null", "string"], "default": None} for i in range(version)]
            schema = {"type": "record", "name": f"Event{number // PER_SUBJECT}", "namespace": "com.example.events", "fields": fields}
            value = {"subject": subject, "version": version, "id": number + 1, "schema": json.dumps(schema, separators=(",", ":")), "deleted": False}
            key = {"keytype": "SCHEMA", "subject": subject, "version": version, "magic": 1}
            file.write(json.dumps({"key": key, "value": value}, separators=(",", ":")) + "\n")


def processor_seconds(pid):
    """What a process has used so far: what a busy machine cannot spoil."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@check(f"registry: {VERSIONS} versions are imported, and there after a kill -9, in at most {MAX_RSS_MIB} MiB")
def large_registry():
    node = Gateway().start()
    try:
        empty = node.rss_mib()
        with tempfile.NamedTemporaryFile(suffix=".jsonl") as export:
            write_export(export.name, VERSIONS)
            started = time.monotonic()
            done = subprocess.run(
                [os.path.abspath(EXECUTABLE), "registry", "import", export.name, "-X", f"brokers={node.kafka}"],
                capture_output=True, timeout=300, check=False)
            equal(0, done.returncode, f"the import: {done.stderr.decode()}")
            imported = time.monotonic() - started
        # A registration is answered once everything before it is applied.
        status, last = call("POST", node.registry + "/subjects/last/versions", {"schema": '"int"'})
        equal((200, VERSIONS + 1), (status, last["id"]), "the next id")
        node.kill()
        started = time.monotonic()
        node.start()
        ready = time.monotonic() - started
        rss, processor = node.rss_mib(), processor_seconds(node.pid())
        subjects = call("GET", node.registry + "/subjects")[1]
        equal(VERSIONS // PER_SUBJECT + 1, len(subjects), "subjects")
        status, schema = call("GET", f"{node.registry}/schemas/ids/{VERSIONS}")
        equal((200, "com.example.events"), (status, json.loads(schema["schema"])["namespace"]), "the last schema by its id")
        print(f"     import {imported:.1f} s, READY {ready:.2f} s after the kill with {processor:.2f} s of processor time, {empty:.0f} MiB empty, {rss:.0f} MiB with everything", flush=True)
        true(rss <= MAX_RSS_MIB, f"resident memory is {rss:.0f} MiB")
    finally:
        node.kill()
