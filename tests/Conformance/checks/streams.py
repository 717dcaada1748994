"""Streams through cut lines and kills: with its cursor a consumer gets every record exactly once, whatever happens to it or to the node."""
import http.client
import json
import os
import random
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from lib.clients import node_in_background
from lib.collection import collect
from lib.harness import check, equal, true
from lib.http import call
from lib.server import Gateway
from lib.websocket import WebSocket

KILLS = int(os.environ.get("STREAM_KILLS", "5"))
CUTS = int(os.environ.get("STREAM_CUTS", "20"))
PARTITIONS = 3
RECORDS = 6_000
READERS = 1_000
V2 = "application/vnd.kafka.json.v2+json"


class Events:
    """A consumer of server-sent events that cuts its line itself now and then, and comes back with its cursor."""

    def __init__(self, node, topic):
        self._node, self._topic = node, topic
        self._cursor, self._line = None, None
        self.seen = []

    def open(self):
        address = urlsplit(self._node.proxy)
        self._line = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._cursor} if self._cursor else {})
        self._line.request("GET", f"/topics/{self._topic}/records?heartbeat=1s", headers=headers)
        answer = self._line.getresponse()
        if answer.status != 200:
            raise ConnectionError(f"{answer.status} {answer.read()}")
        return answer

    def read(self, answer):
        """Takes one event; raises a ConnectionError at the end of the stream."""
        fields = {}
        while (line := answer.readline()) != b"\n":
            if not line:
                raise ConnectionError("the stream ended")
            name, _, value = line.decode().rstrip("\n").partition(": ")
            fields[name] = value
        if fields.get("event") == "record":
            record = json.loads(fields["data"])
            self.seen.append((record["partition"], record["offset"]))
        self._cursor = fields.get("id", self._cursor)

    def close(self):
        self._line.close()


class Frames:
    """The same over a WebSocket, with little credit at a time."""

    def __init__(self, node, topic):
        self._node, self._topic = node, topic
        self._cursor, self._socket = None, None
        self.seen = []

    def open(self):
        url = f"{self._node.proxy}/ws/topics/{self._topic}?cursors=true" + (f"&cursor={self._cursor}" if self._cursor else "")
        # Nothing comes in the end: the time is for looking whether it is the end.
        self._socket = WebSocket(url, timeout=2)
        self._socket.send('{"credit": 50}')
        return self._socket

    def read(self, opened):
        record = json.loads(opened.text())
        self.seen.append((record["partition"], record["offset"]))
        self._cursor = record["cursor"]
        opened.send('{"credit": 1}')

    def close(self):
        self._socket.close()


def _consume(consumer, total, done):
    chance = random.Random(7)
    cuts = 0
    while not done.is_set() and not (total and len(consumer.seen) >= total[0]):
        try:
            opened = consumer.open()
            until = len(consumer.seen) + chance.randrange(1, RECORDS // CUTS) if cuts < CUTS else None
            while not done.is_set() and not (total and len(consumer.seen) >= total[0]) and (until is None or len(consumer.seen) < until):
                consumer.read(opened)
            cuts += 1
            consumer.close()
        except (OSError, http.client.HTTPException):
            # Cut in the midst, or the node is away; what was not whole comes again.
            time.sleep(0.02)


def _produce(node, topic, written, stopping):
    number = 0
    while not stopping.is_set():
        body = json.dumps({"records": [{"value": number + i, "partition": (number + i) % PARTITIONS} for i in range(10)]}).encode()
        request = urllib.request.Request(f"{node.proxy}/topics/{topic}", data=body, headers={"Content-Type": V2})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                answer.read()
            number += 10
            written.append(10)
        except (OSError, urllib.error.URLError, http.client.HTTPException):
            time.sleep(0.02)


def _create(node, topic, partitions):
    _, clusters = call("GET", f"{node.proxy}/v3/clusters")
    status, _ = call("POST", clusters["data"][0]["metadata"]["self"] + "/topics", {"topic_name": topic, "partitions_count": partitions})
    equal(201, status, "creating the topic answered")


@check(f"streams: consumers of events and frames through {CUTS} cuts and {KILLS} kill -9 get every record once")
def through_cuts_and_kills():
    node = Gateway().start()
    written, stopping, done, total = [], threading.Event(), threading.Event(), []
    try:
        topic = "streamed"
        _create(node, topic, PARTITIONS)
        consumers = [Events(node, topic), Frames(node, topic)]
        producer = threading.Thread(target=_produce, args=(node, topic, written, stopping))
        readers = [threading.Thread(target=_consume, args=(consumer, total, done)) for consumer in consumers]
        for thread in [producer, *readers]:
            thread.start()
        # By work done and not by time: the node dies in the midst of records, however busy the machine is.
        for kill in range(1, KILLS + 1):
            while len(written) * 10 < kill * RECORDS // (KILLS + 1) and producer.is_alive():
                time.sleep(0.005)
            node.kill()
            node.start()
        while len(written) * 10 < RECORDS and producer.is_alive():
            time.sleep(0.005)
        stopping.set()
        producer.join()
        log = []
        for partition in range(PARTITIONS):
            _, ends = call("GET", f"{node.proxy}/topics/{topic}/partitions/{partition}/offsets", accept="application/vnd.kafka.v2+json")
            log += [(partition, offset) for offset in range(ends["end_offset"])]
        total.append(len(log))
        for reader in readers:
            reader.join(60)
        done.set()
        for consumer in consumers:
            equal(log, sorted(consumer.seen), f"what {type(consumer).__name__} got, beside the log")
            for partition in range(PARTITIONS):
                offsets = [offset for at, offset in consumer.seen if at == partition]
                equal(sorted(offsets), offsets, f"the order {type(consumer).__name__} got partition {partition} in")
    finally:
        done.set()
        stopping.set()
        node.kill()


@check("streams: a page in Chromium follows a topic over an EventSource and a WebSocket, through a kill -9")
def browser():
    node = Gateway().start()
    try:
        topic = "watched"
        _create(node, topic, 1)
        page = node_in_background("stream.mjs", node.proxy, topic, 20)
        for half in range(2):
            for i in range(10):
                status, _ = call("POST", f"{node.proxy}/topics/{topic}", {"records": [{"value": half * 10 + i}]}, V2)
                equal(200, status, "produce answered")
            if half == 0:
                # Not before the page has them: else nothing is cut.
                equal("half", page.stdout.readline().strip(), "the page said")
                node.kill()
                node.start()
        out, errors = page.communicate(timeout=60)
        equal(0, page.returncode, f"the page's program ended (it said {errors[-800:]}) with")
        got = json.loads(out)
        equal(list(range(20)), got["events"], "the offsets the EventSource got")
        equal(list(range(20)), got["frames"], "the offsets the WebSocket got")
        true(got["opened"] >= 2, "the EventSource came back by itself")
    finally:
        node.kill()


@check(f"streams: {READERS} readers at rest hold little memory each, and one record wakes them all")
def many_readers():
    node = Gateway().start()
    readers = []
    try:
        _create(node, "rest", 1)
        # What the first ones cost is code that is loaded and compiled once.
        warm = [_reader(node) for _ in range(100)]
        for reader in warm:
            reader.close()
        before = _live_kib(node)
        for _ in range(READERS):
            readers.append(_reader(node))
        each = (_live_kib(node) - before) / READERS
        print(f"     a reader at rest: {each:.1f} KiB", flush=True)
        true(each <= 8, f"a reader at rest takes {each:.1f} KiB")
        equal(200, call("POST", f"{node.proxy}/topics/rest", {"records": [{"value": 1}]}, V2)[0], "produce answered")
        for reader in readers:
            text = b""
            while b"event: record" not in text:
                more = reader.recv(65536)
                true(more, "no reader is cut off")
                text += more
    finally:
        for reader in readers:
            reader.close()
        node.kill()


def _reader(node):
    """A socket on which a stream of events waits; its head has come."""
    address = urlsplit(node.proxy)
    reader = socket.create_connection((address.hostname, address.port), timeout=30)
    reader.sendall(b"GET /topics/rest/records?from=latest HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n\r\n")
    text = b""
    while b"retry: " not in text:
        text += reader.recv(65536)
    return reader


def _live_kib(node):
    """What is left of the heap by a collection; all a resting reader holds lies there. Resident memory has garbage in it, more or less of it."""
    collect(node.pid())
    text = call("GET", f"{node.admin}/metrics")[1]
    return float(re.search(r"^dotnet_gc_heap_bytes (\S+)", text, re.MULTILINE).group(1)) / 1024
