"""Honest clients beside load: they are served, and the process stays within its bounds."""
import http.client
import json
import resource
import threading
import time

from confluent_kafka import Producer

from lib import wire
from lib.harness import equal, true
from lib.server import Gateway

TOPIC = "honest"
V2 = {"Content-Type": "application/vnd.kafka.json.v2+json"}


def descriptors():
    """As many as thousands of connections need."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12_000), hard))


def with_node(work):
    """Runs work(node, connections) on a node of its own; what is put into connections is closed in the end."""
    descriptors()
    node = Gateway().start()
    connections = []
    try:
        work(node, connections)
    finally:
        for connection in connections:
            connection.close()
        node.kill()


class Watch:
    """
    Again and again: a small question, a produce with acks=all by librdkafka, a fetch of it, and a produce over HTTP. Each must succeed with error
    code 0, in time; and a look at the process's memory. While something else goes on.
    """

    def __init__(self, node):
        self.node = node
        client = wire.Wire(node.kafka)
        client.ask(wire.create_topic(TOPIC, 1))
        client.close()
        self.idle = self.highest = node.rss_mib()
        self.slowest = {}
        self.asked = 0
        self._failure = None
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in (self._look, self._native, self._http)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def judge(self, growth_mib, patience=5.0):
        """Fails unless memory stayed below, and every honest request was answered well and in time."""
        self.__exit__()
        true(self._failure is None, f"an honest client failed: {self._failure!r}")
        equal({"question", "produce", "fetch", "HTTP produce"}, set(self.slowest), "what honest clients did")
        true(self.highest < self.idle + growth_mib, f"resident memory went from {self.idle:.0f} to {self.highest:.0f} MiB, {growth_mib:.0f} more are allowed")
        late = {what: round(took, 1) for what, took in self.slowest.items() if took > patience}
        true(not late, f"honest clients waited longer than {patience} s: {late}")
        told = ", ".join(f"{what} {took * 1000:.0f}" for what, took in self.slowest.items())
        print(f"     {self.idle:.0f} MiB before, {self.highest:.0f} MiB at most; {self.asked} honest requests, the slowest in ms: {told}", flush=True)

    def _guarded(self, work):
        try:
            work()
        except Exception as error:  # told by judge
            self._failure = self._failure or error

    def _timed(self, what, work):
        started = time.monotonic()
        result = work()
        self.slowest[what] = max(self.slowest.get(what, 0.0), time.monotonic() - started)
        self.asked += 1
        return result

    def _look(self):
        while not self._stop.wait(0.02):
            self.highest = max(self.highest, self.node.rss_mib())

    def _native(self):
        client = wire.Wire(self.node.kafka)
        producer = Producer({"bootstrap.servers": self.node.kafka, "acks": "all", "linger.ms": 0, "message.timeout.ms": 30_000})
        number = 0
        while not self._stop.wait(0.02):
            answer = self._timed("question", lambda: client.ask(wire.versions()))
            equal(b"\0\0", answer[:2], "error code of ApiVersions")
            value, told = b"honest %d" % number, []
            number += 1
            producer.produce(TOPIC, value, partition=0, on_delivery=lambda error, message, told=told: told.append((error, message.offset())))
            self._timed("produce", lambda: producer.flush(30))
            equal([None], [error for error, _ in told], "errors of a produce")
            fetched = self._timed("fetch", lambda offset=told[0][1]: client.ask(wire.fetch(TOPIC, [0], wait_ms=5000, offset=offset)))
            equal([0], wire.fetch_errors(fetched), "error codes of a fetch")
            true(value in fetched, "the fetch lacks the record that was acknowledged")
        client.close()

    def _http(self):
        proxy = http.client.HTTPConnection(self.node.proxy.removeprefix("http://"), timeout=30)
        body = json.dumps({"records": [{"value": "honest"}]})
        while not self._stop.wait(0.05):
            status, answer = self._timed("HTTP produce", lambda: self._post(proxy, body))
            equal((200, None), (status, answer.get("offsets", [{}])[0].get("error_code", answer)), "status and error code of a produce over HTTP")
        proxy.close()

    @staticmethod
    def _post(proxy, body):
        proxy.request("POST", f"/topics/{TOPIC}", body, V2)
        answer = proxy.getresponse()
        return answer.status, json.loads(answer.read())
