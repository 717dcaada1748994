"""A few Kafka requests written by hand, in versions without compact lengths: for load that no real client would make."""
import socket
import struct
import time

PRODUCE, FETCH, FIND_COORDINATOR, JOIN_GROUP, API_VERSIONS, CREATE_TOPICS = 0, 1, 10, 11, 18, 19


def text(value):
    """A string of the wire."""
    data = value.encode()
    return struct.pack(">h", len(data)) + data


def array(items):
    """An array of encoded items."""
    return struct.pack(">i", len(items)) + b"".join(items)


def frame(key, version, body, correlation=1):
    """A request with its size and header."""
    head = struct.pack(">hhi", key, version, correlation) + text("load")
    return struct.pack(">i", len(head) + len(body)) + head + body


def versions():
    return frame(API_VERSIONS, 0, b"")


def create_topic(name, partitions, configs=()):
    topic = text(name) + struct.pack(">ih", partitions, 1) + array([]) + array([text(k) + text(v) for k, v in configs])
    return frame(CREATE_TOPICS, 0, array([topic]) + struct.pack(">i", 120_000))


def produce(name, partition, records, acks=-1):
    data = struct.pack(">ii", partition, len(records)) + records
    return frame(PRODUCE, 3, struct.pack(">hhi", -1, acks, 30_000) + array([text(name) + array([data])]))


def fetch(name, partitions, partition_bytes=1 << 20, wait_ms=0, min_bytes=1, offset=0):
    asked = [struct.pack(">iqi", p, offset, partition_bytes) for p in partitions]
    return frame(FETCH, 4, struct.pack(">iiiib", -1, wait_ms, min_bytes, 50 << 20, 0) + array([text(name) + array(asked)]))


def join_group(group, session_ms=60_000):
    protocol = text("range") + struct.pack(">i", 2) + b"\0\0"
    return frame(JOIN_GROUP, 1, text(group) + struct.pack(">ii", session_ms, session_ms) + text("") + text("consumer") + array([protocol]))


def find_coordinator(group):
    return frame(FIND_COORDINATOR, 0, text(group))


def fetch_errors(answer):
    """The error codes of an answer to fetch(), partition by partition, in order."""
    codes, at = [], 8
    for _ in range(struct.unpack_from(">i", answer, 4)[0]):
        at += 2 + struct.unpack_from(">h", answer, at)[0]
        partitions = struct.unpack_from(">i", answer, at)[0]
        at += 4
        for _ in range(partitions):
            codes.append(struct.unpack_from(">h", answer, at + 4)[0])
            aborted = struct.unpack_from(">i", answer, at + 22)[0]
            at += 26 + 16 * max(0, aborted)
            at += 4 + max(0, struct.unpack_from(">i", answer, at)[0])
    return codes


def produce_error(answer):
    """The error code of an answer to produce()."""
    name = struct.unpack_from(">h", answer, 4)[0]
    return struct.unpack_from(">h", answer, 4 + 2 + name + 4 + 4)[0]


class Wire:
    """A connection that sends frames and reads answers one by one."""

    def __init__(self, address, timeout=60, receive_buffer=0):
        host, port = address.removeprefix("http://").rsplit(":", 1)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        """The next answer without its size."""
        size = struct.unpack(">i", self._exactly(4))[0]
        return self._exactly(size)

    def ask(self, data):
        """One request, its answer without the correlation id."""
        self.send(data)
        return self.read()[4:]

    def timed(self, data):
        """How long an answer takes, in seconds."""
        started = time.monotonic()
        self.ask(data)
        return time.monotonic() - started

    def is_closed(self):
        """Whether the other side has ended the connection, unread answers apart. Does not wait."""
        try:
            while data := self.socket.recv(1 << 20, socket.MSG_DONTWAIT):
                del data
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self):
        self.socket.close()

    def _exactly(self, size):
        data = bytearray()
        while len(data) < size:
            part = self.socket.recv(min(size - len(data), 1 << 20))
            if not part:
                raise ConnectionError("the broker closed the connection")
            data += part
        return bytes(data)
