"""The records every pairing carries, and how they travel between processes: JSON lines with bytes as base64."""
import base64
import json
import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Record:
    """Key and value are bytes or None; headers are pairs of a name and bytes. Where nobody gives a timestamp, one is given on the way."""

    key: bytes | None
    value: bytes | None
    headers: tuple = field(default=())
    timestamp: int | None = field(default=None, compare=False)

    def to_json(self):
        return json.dumps({
            "key": _text(self.key), "value": _text(self.value), "headers": [[name, _text(value)] for name, value in self.headers],
            "timestamp": self.timestamp})


def from_json(line):
    """The offset and the record of a JSON line."""
    parsed = json.loads(line)
    headers = tuple((name, _bytes(value)) for name, value in parsed["headers"])
    return parsed["offset"], Record(_bytes(parsed["key"]), _bytes(parsed["value"]), headers, parsed["timestamp"])


# Incompressible, so that the value crosses the wire at its size whatever the codec.
LARGE = random.Random(900).randbytes(900 * 1024)

SAMPLE = [
    Record(b"plain", b"value"),
    Record(None, b"no key"),
    Record(b"tombstone", None),
    Record(b"empty value", b""),
    Record("schl\u00fcssel".encode(), "gr\u00fc\u00dfe \u2603".encode(), (("trace", b"abc-123"), ("empty", b""))),
    Record(b"compressible", b"lorem ipsum " * 2000),
    Record(b"large", LARGE),
]


def _text(value):
    return None if value is None else base64.b64encode(value).decode("ascii")


def _bytes(text):
    return None if text is None else base64.b64decode(text)
