"""
What clients can do to the HTTP doors: bodies that never end or come byte by byte, answers nobody reads, thousands of silent connections.
Memory stays bounded, refusals have the right status, and honest clients are served meanwhile. CONFORMANCE_FULL=1 takes the full numbers.
"""
import os
import re
import threading
import time

from lib import wire
from lib.harness import check, equal, true
from lib.http import call
from lib.watch import Watch, with_node
from checks.hostile_load import BUDGET_MIB, fill

FULL = os.environ.get("CONFORMANCE_FULL") == "1"
HALF_OPEN = 5000 if FULL else 1000
DRIBBLERS = 500 if FULL else 200
SENDERS = 100 if FULL else 40
READERS = 200 if FULL else 60
MIB = 1 << 20
BODY_LIMIT_MIB = 8
BODIES_MIB = 64  # what bodies may hold together
HEAD = "POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: {type}\r\n{length}\r\n"
RECORDS = "application/vnd.kafka.json.v2+json"


def doors(node):
    """Every door with a path of its own that takes a body, and what a body without end is answered with there."""
    return (
        (node.proxy, "/topics/honest", RECORDS, 413),
        (node.registry, "/subjects/hostile/versions", "application/json", 413),
        (node.admin, "/metrics", "application/json", 405),
    )


def head(path, kind=RECORDS, length="Transfer-Encoding: chunked\r\n"):
    return HEAD.format(path=path, type=kind, length=length).encode()


def status(connection):
    """The status of the answer that comes, or None if the connection ends without."""
    try:
        line = connection.socket.recv(64)
    except OSError:
        return None
    return int(line.split()[1]) if line else None


def ended(node, route):
    """How many requests of a route of the proxy have ended, by the class of their status."""
    _, text = call("GET", node.admin + "/metrics")
    counts = {}
    for line in text.splitlines():
        if line.startswith("gateway_http_request_duration_seconds_count") and 'door="http-proxy"' in line and route in line:
            counts[re.search('status="(...)"', line)[1]] = int(float(line.rsplit(" ", 1)[1]))
    return counts


def pour(connection, data, seconds):
    """Sends again and again until the other side ends the connection. Fails unless it does so in time."""
    end = time.monotonic() + seconds
    try:
        while True:
            connection.send(data)
            true(time.monotonic() < end, f"after {seconds} s the body without end is still taken")
            time.sleep(0.002)
    except OSError:
        pass


@check(f"hostile HTTP: {HALF_OPEN} connections that say nothing or half a request")
def half_open():
    def work(node, connections):
        request = head("/topics/honest")
        with Watch(node) as watch:
            for i in range(HALF_OPEN):
                connections.append(wire.Wire((node.proxy, node.registry, node.admin)[i % 3]))
                connections[-1].send(request[:i % len(request)])
            time.sleep(1)
            watch.judge(growth_mib=60 + HALF_OPEN * 24 / 1024)

    with_node(work)


@check(f"hostile HTTP: {DRIBBLERS} bodies that come byte by byte, until they are given up")
def dribble():
    def work(node, connections):
        with Watch(node) as watch:
            for i in range(DRIBBLERS):
                door, path, kind, _ = doors(node)[i % 2]
                connections.append(wire.Wire(door))
                connections[-1].send(head(path, kind, f"Content-Length: {BODY_LIMIT_MIB * MIB}\r\n") + b"{")
            left, end, told = list(connections), time.monotonic() + 60, {}
            while left:
                true(time.monotonic() < end, f"{len(left)} are still open although they bring a byte a second")
                time.sleep(1)
                for connection in list(left):
                    try:
                        connection.send(b" ")
                        connection.socket.setblocking(False)
                        code = int(connection.socket.recv(64).split()[1])
                    except BlockingIOError:
                        connection.socket.setblocking(True)
                        continue
                    except (OSError, IndexError):
                        code = None
                    told[code] = told.get(code, 0) + 1
                    left.remove(connection)
            true(not set(told) - {408, 413, None} and told.get(408, 0) > 0, f"they were told {told}")
            watch.judge(growth_mib=80)

    with_node(work)


@check("hostile HTTP: bodies of 100 MB and bodies without end")
def endless():
    def work(node, connections):
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with Watch(node) as watch:
            for length in ("Content-Length: 100000000\r\n", "Transfer-Encoding: chunked\r\n"):
                sending = []
                for door, path, kind, expected in doors(node):
                    connections.append(wire.Wire(door))
                    connections[-1].send(head(path, kind, length))
                    if "chunked" in length:
                        sending.append(threading.Thread(target=pour, args=(connections[-1], chunk, 30), daemon=True))
                        sending[-1].start()
                    equal(expected, status(connections[-1]), f"status of {path}, {length.strip()}")
                for sender in sending:
                    sender.join(60)
                    true(not sender.is_alive(), "a body without end is still taken")
            watch.judge(growth_mib=150)

    with_node(work)


@check(f"hostile HTTP: {SENDERS} bodies of the largest size at once, none of them ended")
def largest_bodies():
    def work(node, connections):
        most = b'{"records":[{"value":"' + b"x" * (BODY_LIMIT_MIB * MIB - MIB)
        told = []

        def send():
            connection = wire.Wire(node.proxy)
            connections.append(connection)
            connection.send(head("/topics/honest", length=f"Content-Length: {BODY_LIMIT_MIB * MIB - 1024}\r\n"))
            try:
                connection.send(most)
            except OSError:
                pass  # refused before it was sent
            told.append(status(connection))

        with Watch(node) as watch:
            threads = [threading.Thread(target=send, daemon=True) for _ in range(SENDERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            # Beyond what may be held: try again. The others do not get on. Whose answer was overtaken by the connection's end has none.
            equal(SENDERS, len(told), "senders that were refused")
            true({408, 429} <= set(told) <= {408, 429, None} and told.count(408) <= BODIES_MIB // (BODY_LIMIT_MIB // 2), f"they were told {told}")
            # What they may hold, and in the pool the smaller arrays that each has grown out of.
            watch.judge(growth_mib=BODIES_MIB * 4 + 60)

    with_node(work)


@check(f"hostile HTTP: {READERS} clients that ask for much and read nothing")
def slow_readers():
    def work(node, connections):
        fill(node, "slow", 1, 60)
        with Watch(node) as watch:
            for i in range(READERS):
                connections.append(wire.Wire(node.proxy, receive_buffer=4096))
                connections[-1].send(f"GET /topics/slow/partitions/0/records?offset=0&max_bytes={50 * MIB} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode())
            # Some are told at once that there is no memory for them; each of the others is cut off, and gives back what it holds.
            end = time.monotonic() + 120
            while sum((counts := ended(node, "/topics/{topic}/partitions/{partition}/records")).values()) < READERS:
                true(time.monotonic() < end, f"of {READERS} requests have ended: {counts}")
                time.sleep(0.2)
            true(counts.get("2xx", 0) > 1, f"requests that were answered until they were cut off: {counts}")
            watch.judge(growth_mib=BUDGET_MIB)

    with_node(work)
