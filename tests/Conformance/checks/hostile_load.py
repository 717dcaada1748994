"""
What clients can do to the Kafka door without breaking a rule, or breaking the rules of sizes: memory stays bounded, and honest clients are
served meanwhile. CONFORMANCE_FULL=1 takes the full numbers.
"""
import os
import resource
import struct
import threading
import time

from lib import wire
from lib.clients import Kcat
from lib.harness import check, equal, true
from lib.records import Record
from lib.watch import Watch, with_node

FULL = os.environ.get("CONFORMANCE_FULL") == "1"
HALF_OPEN = min(5000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 500)
DRIBBLERS = 500 if FULL else 200
LARGEST = 100 * 1024 * 1024
LARGE_SENDERS = 24 if FULL else 8
SLOW_READERS = 100 if FULL else 40
GREEDY_READERS = 40
PARTITIONS = 10_000
SECONDS = 10 if FULL else 4
UNKNOWN_TOPIC_OR_PARTITION = 3
INVALID_RECORD = 87

# A quarter of the machine's memory, at most 1 GiB: what requests and answers may hold together.
BUDGET_MIB = min(1024, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 >> 20)


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


@check(f"hostile load: {DRIBBLERS} senders that dribble byte after byte of large frames until they are closed")
def dribble():
    def work(node, connections):
        with Watch(node) as watch:
            request = wire.produce("nowhere", 0, bytes(1 << 20))
            for _ in range(DRIBBLERS):
                connections.append(wire.Wire(node.kafka))
                connections[-1].send(request[:64])
            left, sent, end = list(connections), 64, time.monotonic() + 60
            while left:
                true(time.monotonic() < end, f"{len(left)} are still open although they bring a byte a second")
                time.sleep(1)
                left = [connection for connection in left if not connection.is_closed()]
                for connection in left:
                    try:
                        connection.send(request[sent:sent + 1])
                    except OSError:
                        pass  # closed a moment ago; the next look tells
                sent += 1
            watch.judge(growth_mib=120)

    with_node(work)


@check(f"hostile load: {LARGE_SENDERS} frames of the largest size at once, and larger ones")
def largest_frames():
    def work(node, connections):
        client = wire.Wire(node.kafka)
        client.ask(wire.create_topic("known", 1))
        connections.append(client)
        for size in (LARGEST + 1, (1 << 31) - 1, -1, 0):
            too_large = wire.Wire(node.kafka)
            too_large.send(struct.pack(">ihhi", size, 0, 3, 1))
            equal(b"", too_large.socket.recv(1), f"the answer to a frame of {size} bytes")
            too_large.close()
        answered = []

        def send(topic, expected):
            connection = wire.Wire(node.kafka, timeout=120)
            connections.append(connection)
            code = wire.produce_error(connection.ask(wire.produce(topic, 0, bytes(LARGEST - 1024))))
            answered.append((expected, code))

        with Watch(node) as watch:
            kinds = (("nowhere", UNKNOWN_TOPIC_OR_PARTITION), ("known", INVALID_RECORD))
            threads = [threading.Thread(target=send, args=kinds[i % 2], daemon=True) for i in range(LARGE_SENDERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
            true(len(answered) == LARGE_SENDERS, f"{len(answered)} of {LARGE_SENDERS} were answered")
            for expected, code in answered:
                equal(expected, code, "error code of a produce of 100 MiB")
            watch.judge(growth_mib=BUDGET_MIB + 150)

    with_node(work)


def fill(node, name, partitions, mib):
    """A topic whose first partition has so much to read."""
    client = wire.Wire(node.kafka, timeout=180)
    client.ask(wire.create_topic(name, partitions))
    if mib > 0:
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


@check(f"hostile load: {GREEDY_READERS} clients that hold the largest answers are closed, and a full answer is to be had again")
def greedy_readers():
    def work(node, connections):
        fill(node, "greedy", 1, 60)
        request = wire.fetch("greedy", [0], partition_bytes=50 << 20)
        full = len(wire.Wire(node.kafka).ask(request))
        true(full > 40 << 20, f"a fetch of 50 MiB has {full} bytes")
        with Watch(node) as watch:
            for _ in range(GREEDY_READERS):
                connections.append(wire.Wire(node.kafka, receive_buffer=4096))
                connections[-1].send(request)
            # While they hold what large answers may, others get short ones; once they are closed, whole ones.
            lengths, end = [], time.monotonic() + 60
            while not lengths or lengths[-1] < full:
                true(time.monotonic() < end, f"fetches of 50 MiB bring {lengths[-1] if lengths else 0} bytes")
                time.sleep(0.5)
                client = wire.Wire(node.kafka)
                lengths.append(len(client.ask(request)))
                client.close()
            true(min(lengths) < full, "there was memory for all: the clients were too few to tell anything")
            watch.judge(growth_mib=BUDGET_MIB)

    with_node(work)


@check(f"hostile load: fetches over {PARTITIONS} partitions, waiting and not")
def wide_fetches():
    def work(node, connections):
        fill(node, "wide", PARTITIONS, 1)
        everything = list(range(PARTITIONS))
        with Watch(node) as watch:
            for i in range(20):
                connection = wire.Wire(node.kafka)
                connections.append(connection)
                connection.send(wire.fetch("wide", everything, wait_ms=500 if i % 2 else 0, min_bytes=1 << 30) * 5)
            for connection in connections:
                for _ in range(5):
                    codes = wire.fetch_errors(connection.read()[4:])
                    true(len(codes) == PARTITIONS and not any(codes), f"{len(codes)} partitions are in an answer, {sum(map(bool, codes))} with an error")
            # A kilobyte and three quarters for each of the partitions that 20 requests and their answers hold at a time.
            watch.judge(growth_mib=100 + 20 * PARTITIONS * 1.75 / 1024)

    with_node(work)
