"""A node under measurement: the conformance suite's, with what the operating system and its metrics say of it."""
import json
import os
import re
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "Conformance"))
os.environ.setdefault("CONFORMANCE_EXECUTABLE", os.environ["PERFORMANCE_EXECUTABLE"])
from lib.server import Gateway  # noqa: E402  (found by the line above)

from measuring.bench import EXECUTABLE


def anonymous_kib(pid):
    """Memory that is a process's own: no code, no files."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))


class Node(Gateway):
    """Use it in a `with`: it starts, and is killed and cleared away in the end."""

    def __init__(self, *settings):
        super().__init__(*[part for setting in settings for part in ("--set", setting)])

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self._clean_up()

    def timed_start(self, timeout=120):
        """Starts it; seconds until READY."""
        started = time.monotonic()
        self.start(timeout)
        return time.monotonic() - started

    def brokers(self):
        """The option that points a client command here."""
        return ["-X", f"brokers={self.kafka}"]

    def create(self, topic, partitions=1, *configs):
        """Makes a topic."""
        arguments = [part for config in configs for part in ("-c", config)]
        subprocess.run([EXECUTABLE, "topic", "create", topic, "-p", str(partitions), *arguments, *self.brokers()], check=True, capture_output=True)

    def register(self, subject, schema):
        """Registers a schema; its id."""
        body = json.dumps({"schema": json.dumps(schema)}).encode()
        request = urllib.request.Request(f"{self.registry}/subjects/{subject}/versions", body, {"Content-Type": "application/vnd.schemaregistry.v1+json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["id"]

    def metric(self, name, label=""):
        """The sum of a metric's series whose labels contain a text."""
        with urllib.request.urlopen(f"{self.admin}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return sum(float(value) for labels, value in re.findall(rf"^{name}(\{{[^}}]*\}})? (\S+)", text, re.MULTILINE) if label in labels)

    def buckets(self, name):
        """A histogram's buckets: how many values up to each bound."""
        with urllib.request.urlopen(f"{self.admin}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return {float(bound.replace("+Inf", "inf")): float(count) for bound, count in re.findall(rf'^{name}_bucket\{{[^}}]*le="([^"]+)"[^}}]*\}} (\S+)', text, re.MULTILINE)}

    def cpu_seconds(self):
        """Processor time so far."""
        with open(f"/proc/{self.pid()}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self):
        """The most memory it ever had resident."""
        with open(f"/proc/{self.pid()}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024

    def written_bytes(self):
        """Bytes it has caused to be written to disk."""
        with open(f"/proc/{self.pid()}/io", encoding="ascii") as io:
            return next(int(line.split()[1]) for line in io if line.startswith("write_bytes:"))


class NullBroker:
    """The broker that stores nothing."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [EXECUTABLE, "bench", "null-broker", "--address", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline()
        self.kafka = re.search(r"127\.0\.0\.1:\d+", line).group()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def brokers(self):
        """The option that points a client command here."""
        return ["-X", f"brokers={self.kafka}"]


class NullHttp:
    """The bare web server that parses the same JSON; with --sync it waits for the same group commit, with --write it writes as many bytes."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.process = subprocess.Popen(
            [EXECUTABLE, "bench", "null-http", "--address", "127.0.0.1:0", *self.arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline()
        self.url = "http://" + re.search(r"127\.0\.0\.1:\d+", line).group()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
