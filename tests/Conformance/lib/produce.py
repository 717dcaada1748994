"""Whole batches as kafka-python writes them, produced with version 8, of which the answer names every record that was refused."""
import kafka
from kafka.protocol.api import Request, Response
from kafka.protocol.produce import ProduceRequest_v7
from kafka.protocol.types import Array, Int16, Int32, Int64, Schema, String
from kafka.record.memory_records import MemoryRecordsBuilder

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


class ProduceResponse(Response):
    """What kafka-python's own class of this version leaves out is the errors of records and their text."""

    API_KEY = 0
    API_VERSION = 8
    SCHEMA = Schema(
        ("topics", Array(
            ("topic", String("utf-8")),
            ("partitions", Array(
                ("partition", Int32), ("error_code", Int16), ("offset", Int64), ("timestamp", Int64), ("log_start_offset", Int64),
                ("record_errors", Array(("batch_index", Int32), ("message", String("utf-8")))), ("message", String("utf-8")))))),
        ("throttle_time_ms", Int32))


class ProduceRequest(Request):
    """The request is that of version 7."""

    API_KEY = 0
    API_VERSION = 8
    RESPONSE_TYPE = ProduceResponse
    SCHEMA = ProduceRequest_v7.SCHEMA

    def expect_response(self):
        return True


class BatchProducer:
    """Sends one batch at a time and gives what the broker said of it."""

    def __init__(self, broker):
        self._client = kafka.KafkaClient(bootstrap_servers=[broker], api_version=(2, 4, 0), request_timeout_ms=60_000)

    def produce(self, topic, codec, records):
        """Records are (key, value, headers). Answers the error's code, the base offset, the refused records by index, and the broker's words."""
        batch = MemoryRecordsBuilder(2, CODECS[codec], 1 << 26)
        for number, (key, value, headers) in enumerate(records):
            batch.append(1_700_000_000_000 + number, key, value, headers)
        batch.close()
        request = ProduceRequest(None, -1, 30_000, [(topic, [(0, batch.buffer())])])
        node = self._client.least_loaded_node()
        while not self._client.ready(node):
            self._client.poll(timeout_ms=100)
        future = self._client.send(node, request)
        self._client.poll(future=future)
        if future.failed():
            raise AssertionError(f"no answer to a produce to {topic}: {future.exception}")
        _, partitions = future.value.topics[0]
        _, code, offset, _, _, errors, message = partitions[0]
        return code, offset, dict(errors), message

    def close(self):
        self._client.close()
