"""/metrics: Prometheus text that parses, with what operators look for."""
import re

from lib.clients import Kcat
from lib.harness import check, equal, true
from lib.http import call
from lib.records import Record
from lib.server import shared

SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$')


@check("metrics: well-formed, and count what was produced")
def metrics():
    node = shared()
    Kcat.produce(node.kafka, "measured", "none", [Record(b"k", b"v" * 1000)] * 3)
    equal(200, call("GET", node.proxy + "/topics", accept="application/vnd.kafka.v2+json")[0], "a request to be counted")
    status, text = call("GET", node.admin + "/metrics")
    equal(200, status, "status")
    names, typed = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            true(name not in typed, f"one TYPE line for {name}")
            typed[name] = kind
        elif not line.startswith("#"):
            match = SAMPLE.match(line)
            true(match, f"a sample line: {line}")
            names.setdefault(match[1], {})[match[2] or ""] = float(match[3])
    for name in names:
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        true(name in typed or typed.get(base) == "histogram", f"{name} has a type")
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "gateway_build_info",
                 "gateway_http_request_duration_seconds_count", "gateway_kafka_request_duration_seconds_count", "gateway_topic_records_total",
                 "gateway_topic_bytes_total", "gateway_shard_turns_total", "gateway_journal_flushes_total"):
        true(name in names, f"{name} is there; there are {', '.join(sorted(names))}")
    produced = [value for labels, value in names["gateway_topic_records_total"].items() if 'topic="measured"' in labels and "produce" in labels]
    equal([3.0], produced, "records produced to the topic")
