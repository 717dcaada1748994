"""Two thousand connections announce a frame of 100 MiB each: memory stays, and others are served."""
import resource
import socket
import struct
import time

from lib.clients import Kcat
from lib.harness import check, equal, true
from lib.records import Record
from lib.server import Gateway

CONNECTIONS = 2000
FRAME = 100 * 1024 * 1024
GROWTH_MIB = 200


@check(f"memory: {CONNECTIONS} connections that announce 100 MiB frames do not grow the process, and kcat is served")
def announced_frames():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, CONNECTIONS + 1000), hard))
    node = Gateway().start()
    sockets = []
    try:
        Kcat.produce(node.kafka, "before", "none", [Record(b"k", b"v")])
        idle = node.rss_mib()
        host, port = node.kafka.rsplit(":", 1)
        # The size, then the start of an honest request header: the frame could be real.
        start = struct.pack(">ihhih", FRAME, 0, 9, 1, -1) + bytes(1000)
        for _ in range(CONNECTIONS):
            connection = socket.create_connection((host, int(port)), timeout=30)
            connection.sendall(start)
            sockets.append(connection)
        highest = 0
        end = time.monotonic() + 3
        while time.monotonic() < end:
            highest = max(highest, node.rss_mib())
            time.sleep(0.05)
        true(highest < idle + GROWTH_MIB, f"resident memory went from {idle:.0f} to {highest:.0f} MiB")
        Kcat.produce(node.kafka, "during", "none", [Record(b"k", b"still served")])
        equal([(0, Record(b"k", b"still served"))], Kcat.consume(node.kafka, "during", 1), "what kcat reads meanwhile")
        print(f"     resident memory {idle:.0f} MiB before, {highest:.0f} MiB at most", flush=True)
    finally:
        for connection in sockets:
            connection.close()
        node.kill()
