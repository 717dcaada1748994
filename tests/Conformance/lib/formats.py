"""The five formats of the HTTP proxy's keys and values: how each case stands in a request, what bytes Kafka's clients see, and how it stands in an
answer. The bytes are made here, by the formats' own rules and nothing of the proxy's."""
import base64
import json
import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A key or value. `text` is the JSON of a request (None: cannot be written so), `stored` the bytes, `shown` the JSON of an answer."""

    text: str | None
    stored: bytes | None
    shown: object
    is_shown_as_bytes: bool = False


EMOJI, BEYOND = "\U0001F600", "gr\u00fc\u00dfe \u2603 \U0001F468\u200D\U0001F469\u200D\U0001F467 \U0002070E"
ODD = bytes(range(256)) + b"\r\n\x1f,=\xed\xa0\x80"
AVRO_KEY, AVRO_VALUE = '"string"', json.dumps({"type": "record", "name": "Both", "fields": [
    {"name": "text", "type": "string"}, {"name": "data", "type": "bytes"}]})
JSON_KEY, JSON_VALUE = '{"type": ["string", "number"]}', '{"title": "anything"}'
PROTO_KEY = 'syntax = "proto3"; message Key { string text = 1; }'
PROTO_VALUE = 'syntax = "proto3"; message Both { string text = 1; bytes data = 2; }'
SCHEMAS = {"avro": (AVRO_KEY, AVRO_VALUE), "jsonschema": (JSON_KEY, JSON_VALUE), "protobuf": (PROTO_KEY, PROTO_VALUE)}
NULL = Case("null", None, None)


def cases(name, key_id=None, value_id=None):
    """The keys and the values of a format, whose schemas have these ids."""
    keys, values = {
        "binary": lambda: (_binary(), _binary()),
        "json": lambda: (_json(), _json()),
        "avro": lambda: (_avro_keys(key_id), _avro_values(value_id)),
        "jsonschema": lambda: (_json_schema_keys(key_id), _json_schema_values(value_id)),
        "protobuf": lambda: (_protobuf_keys(key_id), _protobuf_values(value_id)),
    }[name]()
    if name != "binary":
        # What only other clients write: no data of the format, shown as base64.
        odd = [Case(None, data, _base64(data), is_shown_as_bytes=True) for data in (b"", ODD)]
        keys, values = keys + odd, values + odd
    return [NULL, *keys], [NULL, *values]


def _base64(data):
    return base64.b64encode(data).decode("ascii")


def _binary():
    plain = [Case(json.dumps(_base64(data)), data, _base64(data)) for data in (b"", b"plain", ODD, BEYOND.encode())]
    # Base64 whose letters are escaped, as some writers do with the slash.
    return [*plain, Case('"\\/\\u002f8="', b"\xff\xff", "//8=")]


def _json():
    # Each as it stands, since it is stored so, but for the blanks between tokens.
    texts = [
        '""', f'"{EMOJI}"', '"\\ud83d\\ude00"', '"\\uD83D\\uDE00\\u00e9\\/"', f'"{BEYOND}"', '"half \\ud800 a pair"', "0", "false",
        '{"a b":[1.0,1e2,-0,12345678901234567890,"\\u0000\\n"],"\\u00e9":null,"' + EMOJI + '":{}}']
    return [Case(text, text.encode(), json.loads(text)) for text in texts] + [Case('[ 1 ,\n\t" x " ]', b'[1," x "]', [1, " x "])]


def _framed(schema_id, payload):
    return struct.pack(">bI", 0, schema_id) + payload


def _zigzag(number):
    return _varint((number << 1) ^ (number >> 63))


def _varint(number):
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def _avro_keys(key_id):
    def case(text, value):
        data = value.encode()
        return Case(text, _framed(key_id, _zigzag(len(data)) + data), value)
    return [case('""', ""), case(f'"{EMOJI}"', EMOJI), case('"\\ud83d\\ude00"', EMOJI), case(json.dumps(BEYOND), BEYOND)]


def _avro_values(value_id):
    def case(text, data):
        stored = _framed(value_id, _zigzag(len(text.encode())) + text.encode() + _zigzag(len(data)) + data)
        # Avro's bytes are JSON strings of the characters 0 to 255.
        shown = {"text": text, "data": data.decode("latin-1")}
        return [Case(json.dumps(shown), stored, shown), Case(json.dumps(shown, ensure_ascii=False), stored, shown)]
    return case("", b"") + case(EMOJI, ODD) + case(BEYOND, b"\x00")


def _json_schema_keys(key_id):
    texts = ['""', f'"{EMOJI}"', '"\\ud83d\\ude00"', "1e2"]
    return [Case(text, _framed(key_id, text.encode()), json.loads(text)) for text in texts]


def _json_schema_values(value_id):
    kept = [case for case in _json() if "\\ud800" not in case.text]
    return [Case(case.text, _framed(value_id, case.stored), case.shown) for case in kept]


def _field(number, data):
    # Proto 3 leaves out what is empty.
    return _varint(number << 3 | 2) + _varint(len(data)) + data if data else b""


def _protobuf_keys(key_id):
    def case(text, value):
        return Case(text, _framed(key_id, b"\x00" + _field(1, value.encode())), {"text": value} if value else {})
    return [case('{"text":""}', ""), case(f'{{"text":"{EMOJI}"}}', EMOJI), case('{"text":"\\ud83d\\ude00"}', EMOJI), case(json.dumps({"text": BEYOND}), BEYOND)]


def _protobuf_values(value_id):
    def case(text, data):
        shown = {name: value for name, value in (("text", text), ("data", _base64(data))) if value}
        stored = _framed(value_id, b"\x00" + _field(1, text.encode()) + _field(2, data))
        return [Case(json.dumps(shown), stored, shown), Case(json.dumps(shown, ensure_ascii=False), stored, shown)]
    return case("", b"") + case(EMOJI, ODD) + case(BEYOND, b"\x00")
