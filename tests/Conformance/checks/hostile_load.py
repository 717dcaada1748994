"""
What clients can do to the Kafka door without breaking a rule: memory stays bounded, and another client's small requests are answered.
CONFORMANCE_FULL=1 takes the full numbers.
"""
import os
import resource
import selectors
import threading
import time

from lib import wire
from lib.harness import check, true
from lib.server import Gateway

FULL = os.environ.get("CONFORMANCE_FULL") == "1"
HALF_OPEN = 5000 if FULL else 2000
DRIBBLERS = 500 if FULL else 200
LARGEST = 100 * 1024 * 1024
LARGE_SENDERS = 24 if FULL else 12
SLOW_READERS = 100 if FULL else 40
PARTITIONS = 10_000 if FULL else 2000
SECONDS = 10 if FULL else 4

# A quarter of the machine's memory, at most 1 GiB: what requests and answers may hold together.
BUDGET_MIB = min(1024, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 >> 20)


def descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12_000), hard))


class Watch:
    """Asks a small question again and again, and looks at the process's memory, while something else goes on."""

    def __init__(self, node):
        self.node = node
        self.idle = self.highest = node.rss_mib()
        self.slowest = 0.0
        self.asked = 0
        self._failure = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(60)

    def judge(self, growth_mib, patience=5.0):
        """Fails unless memory stayed below, and every small request was answered in time."""
        self.__exit__()
        true(self._failure is None, f"a small request failed: {self._failure}")
        true(self.asked > 0, "no small request was made")
        true(self.highest < self.idle + growth_mib, f"resident memory went from {self.idle:.0f} to {self.highest:.0f} MiB")
        true(self.slowest < patience, f"a small request took {self.slowest:.1f} s")
        print(f"     {self.idle:.0f} MiB before, {self.highest:.0f} MiB at most; {self.asked} small requests, the slowest "
              f"{self.slowest * 1000:.0f} ms", flush=True)

    def _run(self):
        try:
            client = wire.Wire(self.node.kafka)
            while not self._stop.wait(0.02):
                self.slowest = max(self.slowest, client.timed(wire.versions()))
                self.highest = max(self.highest, self.node.rss_mib())
                self.asked += 1
            client.close()
        except OSError as error:
            self._failure = error


def with_node(work):
    descriptors()
    node = Gateway().start()
    connections = []
    try:
        work(node, connections)
    finally:
        for connection in connections:
            connection.close()
        node.kill()


@check(f"hostile load: {HALF_OPEN} connections that say nothing or half a size")
def half_open():
    def work(node, connections):
        with Watch(node) as watch:
            for i in range(HALF_OPEN):
                connections.append(wire.Wire(node.kafka))
                connections[-1].send(b"\0\0\0"[:i % 4])
            time.sleep(1)
            # 16 KiB of state each would be twice what they have.
            watch.judge(growth_mib=40 + HALF_OPEN * 16 / 1024)

    with_node(work)


@check(f"hostile load: {DRIBBLERS} senders that dribble byte after byte of large frames")
def dribble():
    def work(node, connections):
        with Watch(node) as watch:
            request = wire.produce("nowhere", 0, bytes(1 << 20))
            for _ in range(DRIBBLERS):
                connections.append(wire.Wire(node.kafka))
                connections[-1].send(request[:64])
            for second in range(SECONDS):
                for connection in connections:
                    connection.send(request[64 + second:65 + second])
                time.sleep(1)
            watch.judge(growth_mib=120)

    with_node(work)


@check(f"hostile load: {LARGE_SENDERS} frames of the largest size at once")
def largest_frames():
    def work(node, connections):
        request = wire.produce("nowhere", 0, bytes(LARGEST - 1024))
        answered = []

        def send():
            connection = wire.Wire(node.kafka, timeout=120)
            connections.append(connection)
            answered.append(len(connection.ask(request)))

        with Watch(node) as watch:
            threads = [threading.Thread(target=send, daemon=True) for _ in range(LARGE_SENDERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
            true(len(answered) == LARGE_SENDERS, f"{len(answered)} of {LARGE_SENDERS} were answered")
            watch.judge(growth_mib=BUDGET_MIB + 150)

    with_node(work)


def fill(node, name, partitions, mib):
    """A topic whose first partition has so much to read."""
    from lib.clients import Kcat
    from lib.records import Record

    client = wire.Wire(node.kafka, timeout=180)
    client.ask(wire.create_topic(name, partitions))
    Kcat.produce(node.kafka, name, "none", [Record(b"k", bytes(900 * 1024)) for _ in range(mib)])
    client.close()


@check(f"hostile load: {SLOW_READERS} clients that ask for much and read nothing")
def slow_readers():
    def work(node, connections):
        fill(node, "slow", 1, 8)
        with Watch(node) as watch:
            request = wire.fetch("slow", [0])
            for _ in range(SLOW_READERS):
                connection = wire.Wire(node.kafka)
                connections.append(connection)
                connection.send(request * 50)
            time.sleep(SECONDS)
            # Each holds one answer (a fetch waits for the answers before it), and the kernel what it likes.
            watch.judge(growth_mib=80 + SLOW_READERS * 2)
            first = connections[0].read()
            true(len(first) > 900 * 1024, f"the answer that waited has {len(first)} bytes")

    with_node(work)


@check(f"hostile load: fetches over {PARTITIONS} partitions, waiting and not")
def wide_fetches():
    def work(node, connections):
        fill(node, "wide", PARTITIONS, 1)
        everything = list(range(PARTITIONS))
        with Watch(node) as watch:
            selector = selectors.DefaultSelector()
            for i in range(20):
                connection = wire.Wire(node.kafka)
                connections.append(connection)
                connection.send(wire.fetch("wide", everything, wait_ms=500 if i % 2 else 0, min_bytes=1 << 30) * 5)
                selector.register(connection.socket, selectors.EVENT_READ)
            done = 0
            for connection in connections:
                for _ in range(5):
                    true(len(connection.read()) > PARTITIONS * 30, "an answer leaves partitions out")
                    done += 1
            true(done == 100, f"{done} of 100 fetches were answered")
            watch.judge(growth_mib=300)

    with_node(work)
